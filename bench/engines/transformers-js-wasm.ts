/** transformers.js as it is in a browser: on the onnxruntime-web it brings along. */
import { peerVersion, requireOf } from '../../peers/peer.ts';
import { transformersJs } from './transformers-js.ts';

const PACKAGE = '@huggingface/transformers';

// with a runtime in this place, transformers.js has no list of devices: "auto" takes what the session's options name
const PLACE = Symbol.for('onnxruntime');

export default transformersJs(
  `${peerVersion(PACKAGE)}, ${peerVersion('onnxruntime-web', PACKAGE)}`,
  'auto',
  'wasm',
  () => {
    if (!Reflect.has(globalThis, PLACE))
      Reflect.set(globalThis, PLACE, requireOf(PACKAGE)('onnxruntime-web'));
  },
);
