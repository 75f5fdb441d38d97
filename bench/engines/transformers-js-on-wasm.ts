/** transformers.js on the onnxruntime-web it brings along. */
import { peerVersion, requireOf } from '../../peers/peer.ts';
import type { Engine } from './engine.ts';
import { transformersJs } from './transformers-js.ts';

const PACKAGE = '@huggingface/transformers';

// with a runtime in this place, transformers.js has no list of devices: "auto" takes what the session's options name
const PLACE = Symbol.for('onnxruntime');

/** The engine with one of the model's files. */
export function wasmEngine(dtype: 'fp32' | 'q8'): Engine {
  const version = `${peerVersion(PACKAGE)}, ${peerVersion('onnxruntime-web', PACKAGE)}, ${dtype}`;
  const before = (): void => {
    if (!Reflect.has(globalThis, PLACE))
      Reflect.set(globalThis, PLACE, requireOf(PACKAGE)('onnxruntime-web'));
  };
  return transformersJs(version, 'auto', 'wasm', before, dtype);
}
