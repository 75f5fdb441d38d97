/** What TF.js calls a kernel with, and how a kernel of ours reads it. */
import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/** The tensors and attributes of a call. */
export interface KernelCall {
  inputs: NamedTensorInfoMap;
  attrs: NamedAttrMap;
}

/** An input that the op always has. */
export function input(inputs: NamedTensorInfoMap, name: string): TensorInfo {
  const info = inputs[name];
  if (info === undefined) throw new Error(`internal: a kernel without ${name}`);
  return info;
}

/** An attribute that is a number. */
export function numberAttr(attrs: NamedAttrMap, name: string): number {
  const value = attrs[name];
  if (typeof value !== 'number') throw new Error(`internal: a kernel without a number ${name}`);
  return value;
}

/** An attribute that is a list of numbers; a single number counts as a list of one. */
export function numbersAttr(attrs: NamedAttrMap, name: string): number[] {
  const value = attrs[name];
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'number') throw new Error(`internal: a kernel without numbers ${name}`);
    return item;
  });
}
