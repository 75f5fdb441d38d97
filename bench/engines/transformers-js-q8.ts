/** transformers.js as it is in a browser, with the quantised model, which it takes there by default. */
import { wasmEngine } from './transformers-js-on-wasm.ts';

export default wasmEngine('q8');
