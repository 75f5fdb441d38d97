/** Fused ops: what each is, and the dispatch between a backend's fused kernel and its composition of TF.js ops. */
import {
  customGrad,
  engine,
  type GradSaveFunc,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  scalar,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { recall, remember } from './gradients/remembered.ts';
import { isRecording, needsGradient, unrecorded } from './gradients/tape.ts';
import type { Lowering } from './onnx-builder.ts';
import type { Operation } from './operation.ts';

/** The inputs of a fused op by name, float32; those that may be left out are optional. */
export type FusedInputs = Readonly<Record<string, Tensor | undefined>>;

/** The attributes of a fused op: plain values, no tensors. */
export type FusedAttrs = Readonly<Record<string, number | string | readonly number[]>>;

/** What the gradients of an op are computed of. */
export interface BackwardCall<
  Inputs extends FusedInputs = FusedInputs,
  Attrs extends FusedAttrs = FusedAttrs,
> {
  /** the gradient by the result, of its shape */
  readonly dy: Tensor;
  readonly inputs: Inputs;
  /** the result */
  readonly y: Tensor;
  readonly attrs: Attrs;
  /** Whether the gradient by an input is needed. */
  needs(name: keyof Inputs & string): boolean;
}

/** The gradients by the inputs of an op; of an input that is not needed, there may be none. */
export type Gradients<Inputs> = { [Name in keyof Inputs]?: Tensor | undefined };

/** The shapes of an op's inputs. */
export type Shapes<Inputs> = { readonly [Name in keyof Inputs]: readonly number[] };

/**
 * An op of which a backend may have a fused kernel, which it registers with TF.js (`registerKernel`) under its name.
 *
 * This one object is all that graphs, ONNX files and backends know of it. Its result is one tensor, float32.
 */
export interface FusedOp<Inputs extends FusedInputs = FusedInputs, Attrs extends FusedAttrs = FusedAttrs> {
  /** the kernel's name */
  readonly name: string;
  /** the names of all attributes */
  readonly attributes: readonly (keyof Attrs & string)[];
  /**
   * The op as a composition of TF.js ops, which is its definition: a fused kernel must give the same values.
   *
   * @param inputs borrowed
   * @returns owned by the caller
   */
  compose(inputs: Inputs, attrs: Attrs): Tensor;
  /**
   * The gradients by the inputs, of their shapes; every other tensor that it makes is freed by who calls it.
   *
   * @param call its tensors are borrowed: what is handed on of them must be a clone
   */
  backward(call: BackwardCall<Inputs, Attrs>): Gradients<Inputs>;
  /**
   * What its result is known by if it is kept while blocks are computed again: the same object in both runs, and no other
   * result's. Absent, or undefined: it is not worth keeping.
   */
  keptBy?(inputs: Inputs, attrs: Attrs): object | undefined;
  /** The shape of the result. */
  infer(shapes: Shapes<Inputs>, attrs: Attrs): readonly number[];
  /** Multiplications for one value of the result; absent: not worth counting. */
  depth?(shapes: Shapes<Inputs>): number;
  /** The inputs [B, T, ...] of which it takes the same token as that of the result it computes; all others hold for all tokens. */
  readonly tokenwise?: readonly (keyof Inputs & string)[];
  /** Whether it can be computed for some first tokens alone, of inputs with all of them; see `Operation`. */
  canLimitQueries?(operation: Operation): boolean;
  /** Its ONNX form. */
  readonly lower: Lowering;
}

/** The part of a fused op that runs it. */
type Runnable<Inputs extends FusedInputs, Attrs extends FusedAttrs> = Pick<
  FusedOp<Inputs, Attrs>,
  'name' | 'compose' | 'backward' | 'keptBy'
>;

/**
 * Runs an op: by the fused kernel if the current backend has one, and by its composition otherwise.
 *
 * Where gradients are asked for, it is recorded as one op with gradients of its own.
 *
 * @param inputs float32; borrowed
 * @returns one new tensor, owned by the caller
 */
export function fusedOp<Inputs extends FusedInputs, Attrs extends FusedAttrs, Result extends Tensor>(
  op: Runnable<Inputs, Attrs>,
  inputs: Inputs,
  attrs: Attrs,
): Result {
  if (isRecording()) return recorded(op, inputs, attrs);
  const result = run<Inputs, Attrs, Result>(op, inputs, attrs);
  const key = op.keptBy?.(inputs, attrs);
  if (key !== undefined) remember(key, result);
  return result;
}

function run<Inputs extends FusedInputs, Attrs extends FusedAttrs, Result extends Tensor>(
  op: Runnable<Inputs, Attrs>,
  inputs: Inputs,
  attrs: Attrs,
): Result {
  if (getKernel(op.name, getBackend()) == null) return op.compose(inputs, attrs) as Result;
  return engine().runKernel(op.name, inputs as NamedTensorMap, attrs as NamedAttrMap);
}

function recorded<Inputs extends FusedInputs, Attrs extends FusedAttrs, Result extends Tensor>(
  op: Runnable<Inputs, Attrs>,
  inputs: Inputs,
  attrs: Attrs,
): Result {
  const given = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  const needed = new Set(given.filter(([, tensor]) => needsGradient(tensor)).map(([name]) => name));
  const key = op.keptBy?.(inputs, attrs);
  const compute = (): Result => ((key && recall(key)) ?? run(op, inputs, attrs)) as Result;
  if (needed.size === 0) return unrecorded(compute);
  const backward = (dy: Tensor, saved: Tensor[]): Tensor[] =>
    tidy(() => {
      const named = Object.fromEntries(given.map(([name], i) => [name, saved[i]])) as Inputs;
      const y = saved[given.length] as Tensor;
      const call = { dy, inputs: named, y, attrs, needs: (name: string) => needed.has(name) };
      const gradients: Gradients<FusedInputs> = op.backward(call);
      // TF.js wants a tensor for each input, and drops those that nobody asked for
      return given.map(([name]) => gradients[name] ?? scalar(0));
    });
  const forward = (...tensors: (Tensor | GradSaveFunc)[]) => {
    const save = tensors.at(-1) as GradSaveFunc;
    const value = compute();
    save([...given.map(([, tensor]) => tensor), value]);
    return { value, gradFunc: backward };
  };
  return customGrad(forward)(...given.map(([, tensor]) => tensor)) as Result;
}
