/** A page that embeds one image with transformers.js, as its package has it. */
import { env, pipeline } from '/peer/transformers.min.js';

env.allowLocalModels = true;
env.allowRemoteModels = false;
env.localModelPath = '/models/';
env.backends.onnx.wasm.wasmPaths = new URL('/runtime/', location.href).href;
const marks = { scripts: performance.now() };
const extract = await pipeline('image-feature-extraction', 'peer', { device: 'wasm', dtype: 'fp32' });
marks.model = performance.now();
const { data, dims } = await extract(new URL('/images/photos/chelsea.jpg', location.href).href);
const embedding = [...data.subarray(0, dims.at(-1))];
Object.assign(globalThis, { result: { done: performance.now(), marks, embedding } });
