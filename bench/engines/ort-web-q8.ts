/** onnxruntime-web on the quantised model. */
import { peerVersion } from '../../peers/peer.ts';
import { onnxEngine, QUANTISED } from './onnx-runtime.ts';
import { open, start } from './ort-web.ts';

export default onnxEngine(peerVersion('onnxruntime-web'), start, open, () => QUANTISED);
