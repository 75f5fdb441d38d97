/** onnxruntime-node: native code. */
import { type OnnxRuntime, onnxEngine, sessions } from './onnx-runtime.ts';
import { importPeer, peerVersion } from './peer.ts';

/** The package. */
export const start = (): Promise<OnnxRuntime> => importPeer<OnnxRuntime>('onnxruntime-node');
/** Sessions on native code. */
export const open = sessions(start, 'cpu');

export default onnxEngine(peerVersion('onnxruntime-node'), start, open);
