/** What all optimisers do: go over parameters, and keep what they remember of each. */
import { type Tensor, tensor, zerosLike } from '@tensorflow/tfjs-core';
import { FormatError, OptionError } from '../../errors/errors.ts';
import { assign } from '../../ops/assign.ts';
import { isDecayed } from './parameter-groups.ts';

/** How parameters differ for an optimiser. */
export interface OptimiserOptions {
  /** default 0 */
  readonly weightDecay?: number;
  /** which parameters it holds for, by our names; default all but biases and norms */
  readonly decays?: (name: string) => boolean;
  /** what the learning rate is multiplied by for a parameter; default 1 */
  readonly rate?: (name: string) => number;
}

/** The numbers of one step for one parameter. */
export interface StepOfOne {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** from 1 */
  readonly step: number;
}

/** Values of a tensor outside of TF.js. */
export interface Values {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

interface Kept {
  step: number;
  /** of the parameter's shape, in the order of `slots` */
  readonly slots: readonly Tensor[];
}

/** Changes parameters by their gradients. */
export abstract class Optimiser {
  /** what is kept of each parameter, by torch's names */
  abstract readonly slots: readonly string[];
  private readonly parameters: ReadonlyMap<string, Tensor>;
  private readonly options: Required<OptimiserOptions>;
  private readonly kept = new Map<string, Kept>();

  /** @param parameters those of a model, by our names; borrowed, and changed in place */
  constructor(parameters: ReadonlyMap<string, Tensor>, options: OptimiserOptions) {
    this.parameters = parameters;
    this.options = { weightDecay: 0, decays: isDecayed, rate: () => 1, ...options };
  }

  /** Changes one parameter, and what is kept of it. */
  protected abstract update(
    parameter: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    step: StepOfOne,
  ): void;

  /**
   * One step. A parameter without a gradient stays as it is, decay included, as in torch.
   *
   * @param gradients by our names; borrowed
   * @throws OptionError if there is no such parameter
   */
  step(gradients: ReadonlyMap<string, Tensor>, learningRate: number): void {
    const { weightDecay, decays, rate } = this.options;
    for (const [name, gradient] of gradients) {
      const kept = this.keptOf(name);
      kept.step += 1;
      this.update(this.parameterOf(name), gradient, kept.slots, {
        learningRate: learningRate * rate(name),
        weightDecay: decays(name) ? weightDecay : 0,
        step: kept.step,
      });
    }
  }

  /**
   * All that is kept, by names such as `exp_avg.head.weight`, and the steps of each parameter as `step.head.weight`.
   *
   * @returns values owned by the caller; `load` takes them
   */
  async state(): Promise<Map<string, Values>> {
    const state = new Map<string, Values>();
    for (const [name, { step, slots }] of this.kept) {
      state.set(`step.${name}`, { data: Float32Array.of(step), shape: [] });
      for (const [i, slot] of this.slots.entries()) {
        const kept = slots[i] as Tensor;
        state.set(`${slot}.${name}`, { data: await kept.data<'float32'>(), shape: kept.shape });
      }
    }
    return state;
  }

  /**
   * Goes on where another optimiser was.
   *
   * @param state what `state` of that gave
   * @throws FormatError if it doesn't fit the parameters; OptionError if there is no such parameter
   */
  load(state: ReadonlyMap<string, Values>): void {
    for (const [key, { data }] of state) {
      if (!key.startsWith('step.')) continue;
      const name = key.slice('step.'.length);
      const kept = this.keptOf(name);
      kept.step = data[0] ?? 0;
      for (const [i, slot] of this.slots.entries()) {
        const found = state.get(`${slot}.${name}`);
        const into = kept.slots[i] as Tensor;
        if (found === undefined || String(found.shape) !== String(into.shape)) {
          const got = found === undefined ? 'none' : `[${found.shape.join(', ')}]`;
          throw new FormatError(
            `optimiser: expected ${slot}.${name} of shape [${into.shape.join(', ')}], got ${got}; is it the state of another model or optimiser?`,
          );
        }
        const values = tensor(found.data, into.shape);
        assign(into, values);
        values.dispose();
      }
    }
  }

  /** Frees what is kept; the parameters stay. */
  dispose(): void {
    for (const { slots } of this.kept.values()) for (const slot of slots) slot.dispose();
    this.kept.clear();
  }

  private parameterOf(name: string): Tensor {
    const found = this.parameters.get(name);
    if (found !== undefined) return found;
    throw new OptionError(`optimiser: expected the gradient of a parameter, got one called ${name}`);
  }

  private keptOf(name: string): Kept {
    const known = this.kept.get(name);
    if (known !== undefined) return known;
    const parameter = this.parameterOf(name);
    const made = { step: 0, slots: this.slots.map(() => zerosLike(parameter)) };
    this.kept.set(name, made);
    return made;
  }
}
