/** transformers.js as it is in a browser: on the onnxruntime-web it brings along. */
import { wasmEngine } from './transformers-js-on-wasm.ts';

export default wasmEngine('fp32');
