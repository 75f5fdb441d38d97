/** The engines the benchmark knows. */

/** What each one is. */
export const ENGINES = {
  onnxruntime: 'this package, compiled for onnxruntime-node',
  'onnxruntime-i8': 'the same with weights of 8 bits',
  'onnxruntime-kept': 'the same, with the graph that an earlier start has kept',
  simd: 'this package on its backend simd',
  'simd-f16': 'the same with weights of 16 bits',
  'simd-i8': 'the same with weights of 8 bits',
  'ort-web': 'onnxruntime-web, WebAssembly',
  'ort-web-q8': "the same on what onnxruntime's default dynamic quantisation makes of the model",
  'transformers-js-wasm': 'transformers.js on onnxruntime-web',
  'transformers-js-q8': 'the same with dtype q8, its default in pages',
  'tfjs-wasm': 'this package on @tensorflow/tfjs-backend-wasm',
  'tfjs-cpu': 'this package on @tensorflow/tfjs-backend-cpu',
  'ort-node': "onnxruntime-node, native code, on PyTorch's ONNX",
  'ort-node-q8': 'the same on the quantised model',
  'ort-node-static': "the same on PyTorch's ONNX for images of one size",
  'transformers-js-node': 'transformers.js on onnxruntime-node',
  tensorflow: 'this package on TensorFlow, native code',
  webgpu: 'this package on a GPU, by WebGPU',
  torch: 'PyTorch and transformers, native code',
} as const;

/** The name of an engine. */
export type EngineName = keyof typeof ENGINES;

/** Ours, to which the others are set in relation where nobody names another. */
export const OURS: EngineName = 'simd';

/** Engines with an image processor, which can go from an image to an embedding. */
export const FROM_IMAGES: readonly EngineName[] = [
  'onnxruntime',
  'onnxruntime-i8',
  'onnxruntime-kept',
  'simd',
  'simd-f16',
  'simd-i8',
  'transformers-js-wasm',
  'transformers-js-q8',
  'transformers-js-node',
  'tfjs-wasm',
  'tfjs-cpu',
  'tensorflow',
  'webgpu',
  'torch',
];

/** Whether some of them read the model that onnxruntime's tools have quantised. */
export function needQuantised(engines: readonly EngineName[]): boolean {
  return engines.some((engine) => engine.endsWith('-q8'));
}

/** Whether some of them read a model that holds for images of one size alone. */
export function needFixedSize(engines: readonly EngineName[]): boolean {
  return engines.includes('ort-node-static');
}

/** @throws Error if there is no such engine */
export function parseEngines(list: string): EngineName[] {
  return list.split(',').map((name) => {
    const known = (Object.keys(ENGINES) as EngineName[]).find((engine) => engine === name);
    if (known === undefined) {
      throw new Error(`bench: expected engines among ${Object.keys(ENGINES).join(', ')}, got ${name}`);
    }
    return known;
  });
}
