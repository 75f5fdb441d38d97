/** Dtypes of TF.js as those of graphs. */
import type { DataType } from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { GraphDtype } from '../../ops/operation.ts';
import { callerOutside } from './caller.ts';

/** @throws TraceError on dtypes that a graph has no values of */
export function graphDtype(dtype: DataType): GraphDtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TraceError(`trace: expected tensors of float32, int32 or bool, got ${dtype}${callerOutside()}`);
}
