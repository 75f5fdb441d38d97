/** This package on TF.js's WebAssembly backend, which has one thread in Node. */
import { setBackend } from '@tensorflow/tfjs-core';
import { importPeer, peerVersion } from '../../peers/peer.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';

export default dinov2Tfjs(peerVersion('@tensorflow/tfjs-backend-wasm'), async () => {
  // its own copy of TF.js's core shares backends and kernels with ours through the global object
  await importPeer('@tensorflow/tfjs-backend-wasm');
  if (!(await setBackend('wasm'))) throw new Error('bench: the backend wasm could not be started');
});
