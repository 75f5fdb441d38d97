/** onnxruntime-node: native code. */

import { importPeer, peerVersion } from '../../peers/peer.ts';
import { type OnnxRuntime, onnxEngine, sessions } from './onnx-runtime.ts';

/** The package. */
export const start = (): Promise<OnnxRuntime> => importPeer<OnnxRuntime>('onnxruntime-node');
/** Sessions on native code. */
export const open = sessions(start, 'cpu');

export default onnxEngine(peerVersion('onnxruntime-node'), start, open);
