/** The configurations of the published checkpoints. */
import { ConfigError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { Dinov2Config } from './dinov2-config.ts';
import type { Dinov2ConfigFields } from './dinov2-fields.ts';

/** The four sizes of the paper; every published model has 14-pixel patches and was finished at 518×518 pixels. */
const SIZES = {
  small: { hiddenSize: 384, numHiddenLayers: 12, numAttentionHeads: 6 },
  base: { hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12 },
  large: { hiddenSize: 1024, numHiddenLayers: 24, numAttentionHeads: 16 },
  giant: { hiddenSize: 1536, numHiddenLayers: 40, numAttentionHeads: 24, useSwigluFfn: true },
} satisfies Record<string, Dinov2ConfigFields>;

type Size = keyof typeof SIZES;

/** The published checkpoints, without the `facebook/` of their Hub ids. */
export type PresetName = `dinov2-${Size}` | `dinov2-with-registers-${Size}`;

/**
 * The configuration of a published checkpoint, without a head.
 *
 * Source: Oquab et al., DINOv2, arXiv:2304.07193, table 17; Darcet et al., Vision Transformers Need Registers,
 * arXiv:2309.16588; the `config.json` of the `facebook/dinov2-*` repositories.
 *
 * @param name e.g. `dinov2-base`
 * @param changes fields that differ, e.g. `{ numLabels: 1000 }`
 */
export function presetConfig(name: PresetName, changes: Dinov2ConfigFields = {}): Dinov2Config {
  const withRegisters = name.startsWith('dinov2-with-registers-');
  const size = (['small', 'base', 'large', 'giant'] as const).find((candidate) =>
    name.endsWith(`-${candidate}`),
  );
  if (size === undefined || !PRESET_NAMES.includes(name)) {
    throw new ConfigError(`presetConfig: expected one of ${PRESET_NAMES.join(', ')}, got ${shown(name)}`);
  }
  return new Dinov2Config({
    modelType: withRegisters ? 'dinov2_with_registers' : 'dinov2',
    imageSize: 518,
    patchSize: 14,
    ...SIZES[size],
    ...changes,
  });
}

/** Every published checkpoint that `presetConfig` knows. */
export const PRESET_NAMES: readonly PresetName[] = [
  'dinov2-small',
  'dinov2-base',
  'dinov2-large',
  'dinov2-giant',
  'dinov2-with-registers-small',
  'dinov2-with-registers-base',
  'dinov2-with-registers-large',
  'dinov2-with-registers-giant',
];
