/** A configuration as one line. */
import { printed } from '../../../errors/printed.ts';
import { type Dinov2ConfigValues, FIELDS } from './dinov2-fields.ts';
import { stageNames } from './stages.ts';

/** What is said in any case. */
const ALWAYS = [
  'modelType',
  'hiddenSize',
  'numHiddenLayers',
  'numAttentionHeads',
  'imageSize',
  'patchSize',
  'numRegisterTokens',
  'numLabels',
] as const;

/** The sizes of a model, and what else differs from the defaults; of labels, how many there are. */
export function printedConfig(config: Dinov2ConfigValues): string {
  const sizes = ALWAYS.map((name) => [name, config[name]]);
  const others = Object.entries(FIELDS).flatMap(([name, { default: usual }]) => {
    // those without a default follow from others
    const value = name in config && usual !== undefined ? config[name as keyof Dinov2ConfigValues] : usual;
    return value === usual || ALWAYS.some((each) => each === name) ? [] : [[name, value]];
  });
  const { outFeatures } = config.stages;
  const last = stageNames(config.numHiddenLayers).at(-1);
  return printed('Dinov2Config', {
    ...Object.fromEntries([...sizes, ...others]),
    problemType: config.problemType,
    ...(String(outFeatures) !== last && { outFeatures }),
  });
}
