/** The dtypes of weights, as the kernels know them. */
import type { WeightDtype } from '../../ops/weight-rows.ts';
import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, FORMAT_I8 } from './job-kinds.ts';

/** The number of a dtype in the kernels. */
export const FORMATS: Readonly<Record<WeightDtype, number>> = {
  F32: FORMAT_F32,
  F16: FORMAT_F16,
  BF16: FORMAT_BF16,
  I8: FORMAT_I8,
};

/** Bytes of a value. */
export const VALUE_BYTES: Readonly<Record<WeightDtype, number>> = { F32: 4, F16: 2, BF16: 2, I8: 1 };
