/** What is computed in one part of the benchmark. */
import { join } from 'node:path';
import type { Dinov2Config } from '../lib/families/dinov2/dinov2-config.ts';
import { presetConfig } from '../lib/families/dinov2/presets.ts';
import { PREPARED } from './places.ts';

/** The published sizes that are measured. */
export const SIZES = ['small', 'base', 'large'] as const;

/** A model and its input. */
export interface Case {
  size: (typeof SIZES)[number];
  /** height and width in pixels */
  image: number;
  batch: number;
}

/** Measured where nobody says otherwise. */
export const DEFAULT_CASES =
  'small/224/1,small/224/8,base/224/1,base/224/8,large/224/1,large/224/8,base/518/1,base/1022/1';

/**
 * @param list for instance `base/224/1,base/518/1`
 * @throws Error on anything else
 */
export function parseCases(list: string): Case[] {
  return list.split(',').map((text) => {
    const [name, image, batch] = text.split('/');
    const size = SIZES.find((known) => known === name);
    if (size === undefined || !(Number(image) >= 14) || !(Number(batch) >= 1)) {
      throw new Error(`bench: expected SIZE/IMAGE/BATCH with SIZE among ${SIZES.join(', ')}, got ${text}`);
    }
    return { size, image: Number(image), batch: Number(batch) };
  });
}

/** `base/224/1`. */
export function caseName({ size, image, batch }: Case): string {
  return `${size}/${image}/${batch}`;
}

/** The configuration of a size. */
export function configOf({ size }: Case): Dinov2Config {
  return presetConfig(`dinov2-${size}`);
}

/** What `python/prepare.py` makes for a case. */
export interface CaseFiles {
  /** a model in the layout of the Hub */
  folder: string;
  /** `pixel_values` [B, 3, H, W], float32 */
  input: string;
  /** `last_hidden_state` [B, T, D], float64 */
  truth: string;
  /** PyTorch's export with free batch, height and width */
  freeSize: string;
  /** PyTorch's export with a free batch and the case's height and width */
  fixedSize: string;
  /** the first of these, quantised */
  quantised: string;
}

/** Where `python/prepare.py` puts what belongs to a case. */
export function filesOf(testCase: Case): CaseFiles {
  const folder = join(PREPARED, testCase.size);
  const own = join(folder, String(testCase.image), String(testCase.batch));
  return {
    folder,
    input: join(own, 'pixel_values.f32'),
    truth: join(own, 'last_hidden_state.f64'),
    freeSize: join(folder, 'onnx', 'model.onnx'),
    fixedSize: join(folder, 'onnx', `model_static_${testCase.image}.onnx`),
    quantised: join(folder, 'onnx', 'model_quantized.onnx'),
  };
}
