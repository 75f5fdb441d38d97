/** The outputs of models: tensors by name, with the getters that users of transformers know. */
/// <reference lib="esnext.disposable" preserve="true" />
import { dispose, type Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { Printed, printed } from '../../errors/printed.ts';
import { unwatch, watchForLeak } from './leaks.ts';

/** A tensor in a few words. */
export interface TensorSummary {
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** Tensors of a forward pass that any model may be asked for, and what it warns of. */
export interface Internals {
  /** `hidden_states.{i}` and `attentions.{i}` */
  readonly named: readonly (readonly [string, Tensor])[];
  /** which states of the residual stream were asked for, in that order */
  readonly states: readonly number[] | undefined;
  readonly warnings: readonly string[];
}

/** The series that any model's outputs may have; what stands before the point of their names. */
export const INTERNALS = ['hidden_states', 'attentions'] as const;

/**
 * Named tensors that belong to whoever called `forward`.
 *
 * Names are those of reference files and graphs: `last_hidden_state`, `pooler_output`, `logits`, `loss`,
 * `feature_maps.{stage}`, `hidden_states.{i}`, `attentions.{i}`.
 */
export class ModelOutput extends Printed {
  /** every tensor by its name */
  readonly named: ReadonlyMap<string, Tensor>;
  /** What the caller should know though it is no error, such as pixels that no patch covers. */
  readonly warnings: readonly string[];
  private readonly states: readonly number[] | undefined;

  constructor(named: readonly (readonly [string, Tensor])[], { named: inner, states, warnings }: Internals) {
    super();
    this.named = new Map([...named, ...inner]);
    this.states = states;
    this.warnings = warnings;
    watchForLeak(this, this.constructor.name, this.tensors, 'call output.dispose(), or run it in tf.tidy()');
  }

  /**
   * The residual stream: `hiddenStates[0]` are the embeddings, `hiddenStates[i]` is the output of block i, none of
   * them normalised. [B, T, D] each; with a selection, the selected ones in the order asked for.
   */
  get hiddenStates(): readonly Tensor3D[] | undefined {
    return this.states?.map((i) => this.get(`hidden_states.${i}`));
  }

  /** [B, A, T, T] of every block, rows sum to 1. */
  get attentions(): readonly Tensor4D[] | undefined {
    return this.series('attentions');
  }

  /** Every tensor of this output. */
  get tensors(): Tensor[] {
    return [...this.named.values()];
  }

  /** Names and shapes, in one line; a series of one shape is written once. `console.log` shows the same. */
  toString(): string {
    const shapes: Record<string, string> = {};
    const counts: Record<string, number> = {};
    for (const [name, { shape, isDisposed }] of this.named) {
      const [series = name] = name.split('.');
      const written = `[${shape.join(', ')}]${isDisposed ? ' disposed' : ''}`;
      const key = shapes[series] === undefined || shapes[series] === written ? series : name;
      shapes[key] = written;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    const each = Object.entries(shapes).map(([key, shape]) => {
      const count = counts[key] ?? 1;
      return [key, count === 1 ? shape : `${count} × ${shape}`];
    });
    const { warnings } = this;
    return printed(this.constructor.name, {
      ...Object.fromEntries(each),
      ...(warnings.length > 0 && { warnings }),
    });
  }

  /** What `JSON.stringify` writes of it: shapes and dtypes by name; values are read by `await tensor.data()`. */
  toJSON(): Record<string, TensorSummary> {
    return Object.fromEntries([...this.named].map(([name, { shape, dtype }]) => [name, { shape, dtype }]));
  }

  /** Frees every tensor of this output. Safe to call twice. */
  dispose(): void {
    unwatch(this);
    dispose(this.tensors);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The tensor of a name that the output must have. */
  protected get<T extends Tensor>(name: string): T {
    const found = this.named.get(name);
    if (found === undefined) throw new Error(`internal: an output without ${name}`);
    return found as T;
  }

  /** The tensors of `name.…`, in their order; undefined if there are none. */
  protected series<T extends Tensor>(name: string): T[] | undefined {
    const found = [...this.named].flatMap(([each, value]) =>
      each.startsWith(`${name}.`) ? [value as T] : [],
    );
    return found.length === 0 ? undefined : found;
  }
}

/** HF: `BaseModelOutputWithPooling`. */
export class Dinov2ModelOutput extends ModelOutput {
  /** CLS, registers and patches after the final norm, [B, 1 + R + N, D]. */
  get lastHiddenState(): Tensor3D {
    return this.get('last_hidden_state');
  }

  /** CLS after the final norm, [B, D]. */
  get poolerOutput(): Tensor2D {
    return this.get('pooler_output');
  }
}

/** HF: `BackboneOutput`. */
export class BackboneOutput extends ModelOutput {
  /** One map for each stage asked for: [B, D, h, w], or [B, T, D] with `reshapeHiddenStates` off. */
  get featureMaps(): readonly (Tensor3D | Tensor4D)[] {
    return this.series('feature_maps') ?? [];
  }
}
