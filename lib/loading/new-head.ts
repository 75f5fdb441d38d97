/** A head that is made rather than read: for a backbone without one, or in place of one of other labels. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { bool, integer, type OptionsOf, positiveInteger } from '../../options/rows.ts';
import type { Checkpoint, TensorInfo } from '../../weights/checkpoint.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { isOfHead } from '../heads/heads.ts';
import type { ModelConfig } from '../model/model-config.ts';
import type { HeadOptions } from './attach-head.ts';
import type { ModelClass } from './model-class.ts';
import { startingValues } from './random-weights.ts';
import { WeightOutlines } from './weight-outlines.ts';

/** Which head is made for a classifier. */
export const NEW_HEAD_OPTIONS = {
  /** whether a head of random weights is made, and one that the source has left out; default false */
  newHead: bool(),
  /** how many labels it has, where `labels` does not list them */
  numLabels: positiveInteger(),
  /** the same seed gives the same head everywhere, which is that of `fromConfig`; default 0 */
  seed: integer(),
};

/** Which head is made for a classifier. */
export interface NewHeadOptions extends OptionsOf<typeof NEW_HEAD_OPTIONS> {}

/**
 * Refuses options that contradict each other or mean nothing.
 *
 * @param where the call, for error messages
 * @throws OptionError
 */
export function requireNewHead(where: string, options: NewHeadOptions & HeadOptions): void {
  const { newHead, numLabels, seed, head, labels } = options;
  if (newHead !== true) {
    const [name] = Object.entries({ numLabels, seed }).find(([, given]) => given !== undefined) ?? [];
    if (name === undefined) return;
    throw new OptionError(`${where}: ${name}: expected newHead: true beside it, got ${shown(newHead)}`);
  }
  if (head !== undefined)
    throw new OptionError(`${where}: head: expected none beside newHead: true, got ${shown(head)}`);
  if (numLabels === undefined && labels === undefined)
    throw new OptionError(`${where}: newHead: expected labels or numLabels beside it, got neither`);
}

/** The fields of a configuration that a new head changes; labels that are listed are in it already. */
export function newHeadConfig<Config extends ModelConfig>(
  config: Config,
  { numLabels, labels }: NewHeadOptions & HeadOptions,
): Config {
  if (labels === undefined) return config.with({ numLabels });
  if (numLabels === undefined || numLabels === config.numLabels) return config;
  throw new OptionError(
    `numLabels: expected ${config.numLabels}, as many as there are labels, got ${numLabels}`,
  );
}

/**
 * A checkpoint with a head of random weights: normally distributed with the configuration's deviation and cut at ±2, biases 0, as
 * transformers starts one.
 *
 * @param mapped its own head is left out; the checkpoint that is returned closes it
 * @param config with the labels of the head
 */
export async function withRandomHead(
  mapped: MappedCheckpoint,
  { load, head }: Pick<ModelClass, 'load' | 'head'>,
  config: ModelConfig,
  seed = 0,
): Promise<MappedCheckpoint> {
  if (head === undefined) return mapped;
  const outlines = new WeightOutlines();
  await load(outlines, config);
  const parameters = new Map([...mapped.parameters].filter(([name]) => !isOfHead(name, head)));
  const made = new Map<string, Float32Array>();
  const infos = new Map<string, TensorInfo>();
  for (const [name, { shape, size }] of outlines.parameters) {
    if (!isOfHead(name, head)) continue;
    const tensor: TensorInfo = { name: `new ${name}`, dtype: 'F32', shape, byteLength: 4 * size };
    made.set(tensor.name, startingValues(name, shape, config, seed));
    infos.set(tensor.name, tensor);
    parameters.set(name, { shape, parts: [{ tensor }] });
  }
  const { checkpoint } = mapped;
  const whole: Checkpoint = {
    ...checkpoint,
    tensors: new Map([...checkpoint.tensors, ...infos]),
    identity: checkpoint.identity && JSON.stringify([checkpoint.identity, [...infos.values()], seed]),
    async read(name) {
      const values = made.get(name);
      return values === undefined ? checkpoint.read(name) : new Uint8Array(values.buffer);
    },
  };
  return { ...mapped, checkpoint: whole, parameters };
}
