/** Options of transformers, of transformers.js and of other calls here that have another name in a call, or none: what messages say. */

const ROUNDED =
  "precision: 'f16' or 'i8' rounds the weights of a model, and convert(…, { dtype }) writes smaller files";
const QUANTISED = "precision: 'i8' rounds the weights of a model to 8 bits";
const DEVICE = "it is chosen for all models, before they are loaded: await setDevice('webgpu')";
const NO_CHOICE = 'there is no choice of it';

/** Names, and for each the option that means the same here, or in words what there is instead. */
const FOREIGN: Readonly<Record<string, { readonly ours?: string; readonly words?: string }>> = {
  dtype: { words: ROUNDED },
  torch_dtype: { words: ROUNDED },
  torchDtype: { words: ROUNDED },
  quantized: { words: QUANTISED },
  quantization_config: { words: QUANTISED },
  load_in_8bit: { words: QUANTISED },
  halfWeights: {
    words:
      "precision: 'f16' keeps the weights of one model in 16 bits, setDevice('simd', { halfWeights }) of all",
  },
  precision: { ours: 'dtype' },
  load_in_4bit: { words: `8 bits are the fewest there are: ${QUANTISED}` },
  device: { words: DEVICE },
  device_map: { words: DEVICE },
  backend: { words: DEVICE },
  progress_callback: { ours: 'onProgress' },
  progress: { ours: 'onProgress' },
  local_files_only: { ours: 'offline' },
  use_auth_token: { ours: 'token' },
  auth_token: { ours: 'token' },
  abort_signal: { ours: 'signal' },
  model_file_name: { words: "name the file in the source: 'owner/name/file.safetensors'" },
  weights_name: { words: "name the file in the source: 'owner/name/file.safetensors'" },
  config_overrides: { ours: 'fields' },
  overrides: { ours: 'fields' },
  use_safetensors: { words: 'safetensors are taken where there are any' },
  force_download: { words: 'delete the file from the cache to have it downloaded again' },
  trust_remote_code: { words: 'no code of a repository is ever run' },
  low_cpu_mem_usage: { words: 'weights are read tensor by tensor always' },
  ignore_mismatched_sizes: {
    words: 'weights have to fit; heads that are not needed are left out, see ignoreUnexpected',
  },
  attn_implementation: { words: NO_CHOICE },
  use_fast: {
    ours: 'backend',
    words: "the processor's arithmetic is chosen by backend: 'torchvision' or 'pil'",
  },
  interpolate_pos_encoding: { words: 'positions are interpolated for every size' },
  return_dict: { words: 'outputs are always objects' },
  return_tensors: { words: 'pixel values are { data, shape }; tensor4d(data, shape) makes a tensor of them' },
  head_mask: { words: 'there are masks of tokens alone: attentionMask' },
  pixel_values: { words: 'images are the first argument: forward(pixelValues, options)' },
  pixelValues: { words: 'images are the first argument: forward(pixelValues, options)' },
  pooling: { ours: 'pool' },
  top_k: { ours: 'topK' },
};

/**
 * What to write in place of an option that another library has.
 *
 * @param known the options of the call
 * @returns undefined if the name is of no other library, or what it means there is nothing this call could do
 */
export function foreignRemedy(name: string, known: readonly string[]): string | undefined {
  const found = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
  if (found?.ours !== undefined && known.includes(found.ours)) return found.words ?? `write ${found.ours}`;
  return found?.ours === undefined ? found?.words : undefined;
}
