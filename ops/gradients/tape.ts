/** TF.js's tape: whether it records, and what that depends on gradients are asked by. */
import { engine, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Whether an op that runs now is recorded for gradients.
 *
 * While gradients are asked for, TF.js records the ops that it is called with, but not what these call in turn: neither in a
 * kernel, nor in the forward pass of a `customGrad`.
 */
export function isRecording(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Runs a function whose ops are not recorded. */
export function unrecorded<T>(run: () => T): T {
  const { state } = engine();
  state.kernelDepth++;
  try {
    return run();
  } finally {
    state.kernelDepth--;
  }
}

/**
 * Bytes of results that blocks keep beside their inputs, all together: with 8 images of 224 pixels, most of what the base
 * model computes again otherwise. More would be better used for more images.
 */
const ROOM = 640 * 2 ** 20;

/** What gradients are asked by in a call of `gradientsOf`, and what was computed of it. */
class Asked {
  /** whether blocks of a model keep only their input, and are computed again on the way back */
  readonly recompute: boolean;
  /** bytes that blocks may still keep beside their inputs */
  room: number;
  private readonly dependent: Set<number>;
  private seen = 0;

  constructor(by: readonly Tensor[], recompute: boolean, room: number) {
    this.dependent = new Set(by.map(({ id }) => id));
    this.recompute = recompute;
    this.room = room;
  }

  /** Whether a tensor is one of those asked by, or was computed of one. */
  has({ id }: Tensor): boolean {
    const { activeTape } = engine().state;
    for (; this.seen < activeTape.length; this.seen++) {
      const node = activeTape[this.seen];
      // TF.js leaves inputs that are not given in the list
      const inputs: (Tensor | undefined)[] = Object.values(node?.inputs ?? {});
      if (!inputs.some((input) => input !== undefined && this.dependent.has(input.id))) continue;
      for (const output of node?.outputs ?? []) this.dependent.add(output.id);
    }
    return this.dependent.has(id);
  }
}

/** The calls that are running, the innermost last. */
const calls: Asked[] = [];

/**
 * Whether the gradient by a tensor is needed for those that are asked for.
 *
 * Where gradients were asked for by TF.js's own functions, such as `tf.grads`, nothing says by what: it is, for every tensor.
 */
export function needsGradient(tensor: Tensor): boolean {
  return calls.at(-1)?.has(tensor) ?? true;
}

/** Whether blocks may keep so many more bytes beside their inputs. */
export function hasRoom(bytes: number): boolean {
  return (calls.at(-1)?.room ?? 0) >= bytes;
}

/** The same, and counts them as kept. */
export function takeRoom(bytes: number): boolean {
  const call = calls.at(-1);
  if (call === undefined || call.room < bytes) return false;
  call.room -= bytes;
  return true;
}

/** Whether blocks are computed again. */
export function isRecomputing(): boolean {
  return calls.at(-1)?.recompute ?? true;
}

/** Runs a function whose ops are recorded only where the gradient by one of its inputs is needed. */
export function recordIfNeeded<T>(inputs: readonly Tensor[], run: () => T): T {
  return isRecording() && !inputs.some(needsGradient) ? unrecorded(run) : run();
}

/** How gradients are computed. */
export interface GradientsOptions {
  /** the gradient of the function's result; default 1, everywhere */
  dy?: Tensor | undefined;
  /** whether blocks of a model keep only their input, and are computed again on the way back; default true */
  recompute?: boolean | undefined;
  /** bytes of results that such blocks keep beside their inputs, all together; default 640 MiB */
  room?: number | undefined;
}

/**
 * The value of a function, and its gradients; may be called inside of a gradient function of TF.js.
 *
 * Unlike `tf.grads` it lets ops leave out what nobody asked for, and frees what was kept if the function throws.
 *
 * @param by the tensors that gradients are asked by, at least one; borrowed
 * @returns the value, and a gradient for each of `by`, undefined for one that the value doesn't depend on; owned by the caller
 */
export function gradientsOf<Value extends Tensor>(
  run: () => Value,
  by: readonly Tensor[],
  { dy, recompute = true, room = ROOM }: GradientsOptions = {},
): { value: Value; gradients: (Tensor | undefined)[] } {
  const { state } = engine();
  const outer = state.activeTape;
  calls.push(new Asked(by, recompute, room));
  try {
    const { value, grads } = engine().gradients(run, [...by], dy, true);
    return { value: value as Value, gradients: grads };
  } catch (error) {
    const tape = state.activeTape === outer ? [] : (state.activeTape ?? []);
    for (const { saved = [] } of tape) for (const tensor of saved) tensor.dispose();
    throw error;
  } finally {
    calls.pop();
    // TF.js has one tape, and drops it at the end of every call that is not inside of another's forward pass
    state.activeTape = outer;
  }
}
