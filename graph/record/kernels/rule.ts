/** What a kernel makes of inputs whose shapes are known. */
import { TraceError } from '../../../errors/errors.ts';
import { showShape } from '../../ir/dimension.ts';
import type { Value } from '../../ir/graph.ts';

/** A kernel of TF.js as it is called; during a recording every length is a number. */
export interface KernelCall {
  readonly kernel: string;
  /** in the kernel's order; a list has the names `0`, `1`, … */
  readonly inputs: Readonly<Record<string, Value>>;
  /** as TF.js hands them over */
  readonly attrs: Readonly<Record<string, unknown>>;
}

/**
 * The values a call stands for: as many as the kernel has results.
 *
 * Attributes are brought into one form, with nothing left to be worked out from the inputs: axes from 0, sizes
 * instead of −1. Kernels that others can stand for become those.
 */
export type KernelRule = (call: KernelCall) => Value | readonly Value[];

/** Rules by the kernel's name. */
export type KernelRules = Readonly<Record<string, KernelRule>>;

/** An input that the kernel always has. */
export function required({ kernel, inputs }: KernelCall, name: string): Value {
  const found = inputs[name];
  if (found === undefined) throw new TraceError(`trace: ${kernel}: expected an input ${name}, got none`);
  return found;
}

/** A value's shape during a recording. */
export function lengths({ shape }: Value): number[] {
  return shape.map(Number);
}

/** An attribute that is a number. */
export function numberOf({ kernel, attrs }: KernelCall, name: string): number {
  const value = attrs[name];
  if (typeof value !== 'number') throw unexpected(kernel, name, 'a number', value);
  return value;
}

/** An attribute that is a list of whole numbers, or one number that stands for such a list. */
export function numbersOf({ kernel, attrs }: KernelCall, name: string): number[] {
  const value = attrs[name];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((entry) => {
    if (typeof entry !== 'number') throw unexpected(kernel, name, 'numbers', value);
    return entry;
  });
}

/** The same, if it is not left out. */
export function optionalNumbersOf(call: KernelCall, name: string): number[] | undefined {
  const value = call.attrs[name];
  return value === undefined || value === null ? undefined : numbersOf(call, name);
}

/** An attribute that may be left out, which means no. */
export function flagOf({ attrs }: KernelCall, name: string): boolean {
  return attrs[name] === true;
}

function unexpected(kernel: string, name: string, wanted: string, value: unknown): TraceError {
  return new TraceError(`trace: ${kernel}: expected ${name} to be ${wanted}, got ${JSON.stringify(value)}`);
}

/** A form of a kernel that graphs don't have. */
export function unsupported({ kernel, inputs }: KernelCall, what: string): TraceError {
  const given = Object.values(inputs).map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`);
  return new TraceError(`trace: ${kernel} of ${given.join(', ')}: ${what}`);
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
