/** onnxruntime-web on its WebAssembly backend. */

import { importPeer, peerVersion } from '../../peers/peer.ts';
import { type OnnxRuntime, onnxEngine, sessions } from './onnx-runtime.ts';

/** The package. */
export const start = (): Promise<OnnxRuntime> => importPeer<OnnxRuntime>('onnxruntime-web');
/** Sessions on WebAssembly. */
export const open = sessions(start, 'wasm');

export default onnxEngine(peerVersion('onnxruntime-web'), start, open);
