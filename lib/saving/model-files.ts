/** The files that stand beside a model's weights. */

import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { type Dtype, isFloat } from '../../weights/dtype.ts';
import { pythonJson } from '../../weights/write/python-json.ts';
import { type AnyConfig, FAMILIES, type ListedClass, type ModelKind } from '../families/families.ts';
import { quantizationConfig } from './quantization-config.ts';

/** The version whose files these are, and which `config.json` names. */
const TRANSFORMERS_VERSION = '5.23.0';

/** Numbers of processors that are floats in Python, and are written with a point. */
const PROCESSOR_FLOATS = ['image_mean', 'image_std', 'rescale_factor'];

const DTYPE_NAMES: Partial<Record<Dtype, string>> = {
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
};

/**
 * The text of `config.json`, as transformers writes it when it saves the model.
 *
 * @param weights the checkpoint beside it, under transformers' names: its first floating-point tensor says the dtype, weights in
 *   8 bits that they are quantised, and a classifier in it the class
 * @param kind the class, where the weights do not say it
 */
export function configFile(
  config: AnyConfig,
  { tensors }: Pick<Checkpoint, 'tensors'>,
  kind?: ModelKind,
): string {
  const { files, classes } = FAMILIES.find((family) => family.files.isConfig(config)) ?? FAMILIES[0];
  const all: readonly ListedClass[] = classes;
  const having = all.filter((each) => (kind ? each.kind === kind : headIn(tensors, each).size > 0));
  const fitting = having.find((each) => each.head?.fits(headIn(tensors, each), config.hiddenSize, 'hf'));
  const { architectures } = fitting ?? having[0] ?? classes[0];
  const float = [...tensors.values()].find(({ dtype }) => isFloat(dtype));
  const json = {
    ...config.toJSON(),
    // of the model type of the configuration
    architectures: [architectures[files.modelTypes.indexOf(config.modelType)] ?? architectures[0]],
    dtype: DTYPE_NAMES[float?.dtype ?? 'F32'] ?? 'float32',
    ...quantizationConfig({ tensors }),
    transformers_version: TRANSFORMERS_VERSION,
  };
  return pythonJson(json, { floats: files.floatFields, integerKeys: ['id2label'] });
}

/** The weights of a class's head by our names, of tensors under transformers'. */
function headIn(tensors: Checkpoint['tensors'], { head }: ListedClass): Checkpoint['tensors'] {
  const weights = (head?.rows.hf ?? []).flatMap(([ours, [theirs = '']]) => {
    const tensor = tensors.get(theirs.replace('{p}', 'weight'));
    return tensor === undefined ? [] : [[ours.replace('{p}', 'weight'), tensor] as const];
  });
  return new Map(weights);
}

/** The text of `preprocessor_config.json`, as transformers writes it when it saves the processor. */
export function processorFile(processor: BitImageProcessor): string {
  return pythonJson(processor.toJSON(), { floats: PROCESSOR_FLOATS });
}
