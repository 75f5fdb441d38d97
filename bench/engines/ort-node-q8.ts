/** onnxruntime-node on the quantised model. */
import { peerVersion } from '../../peers/peer.ts';
import { onnxEngine, QUANTISED } from './onnx-runtime.ts';
import { open, start } from './ort-node.ts';

export default onnxEngine(peerVersion('onnxruntime-node'), start, open, () => QUANTISED);
