/** Low-rank adapters on a model. */
import { keep, type Tensor, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { Dinov2Error, OptionError } from '../../../errors/errors.ts';
import { LowRankAdapter } from '../../../layers/low-rank-adapter.ts';
import { assign } from '../../../ops/assign.ts';
import { isRounded } from '../../../ops/precision.ts';
import { repack } from '../../../ops/repack.ts';
import type { AnyModel } from '../../families/families.ts';
import { type LoraConfig, loraScale } from './lora-config.ts';
import type { LoraModule } from './lora-modules.ts';

/** What an adapter is, whatever its values. */
export interface AdapterForm {
  readonly module: LoraModule;
  readonly r: number;
  readonly alpha: number;
}

/** An adapter that is to be put on a model. */
export interface AdapterValues extends AdapterForm {
  /** [r, K] */
  readonly a: Float32Array;
  /** [n, r] */
  readonly b: Float32Array;
}

/**
 * Adapters that are on a model: its forward pass computes with them, and they are among its parameters, under names that begin
 * with `lora.`, where they are trained, kept and gone back to as any other. Disposing of the model frees them too.
 */
export class LoraAdapters {
  readonly model: AnyModel;
  readonly config: LoraConfig;
  readonly forms: readonly AdapterForm[];
  /** the weights of the head that are trained, and saved, beside the adapters */
  readonly headNames: readonly string[];
  /** the parameters that were trained before */
  private readonly before: readonly string[];
  private on = true;

  /**
   * Puts adapters on a model, and makes them and weights of the head what is trained.
   *
   * @throws OptionError if it has adapters already
   */
  constructor(
    model: AnyModel,
    adapters: readonly AdapterValues[],
    headNames: readonly string[],
    config: LoraConfig,
  ) {
    if ([...model.parameters.keys()].some(isOfAdapter)) {
      throw new OptionError(
        `${model.architecture}: expected a model without adapters to put some on, got one that has; merge or remove them first`,
      );
    }
    this.model = model;
    this.config = config;
    this.headNames = headNames;
    this.forms = adapters.map(({ module, r, alpha }) => ({ module, r, alpha }));
    this.before = model.trainableNames;
    const parameters = new Map<string, Tensor>();
    for (const { module, r, alpha, a, b } of adapters) {
      const { name, layer, outputs, start } = module;
      const [N, K] = layer.weight.shape;
      const scale = loraScale(alpha, r, config.rslora);
      const matrices = [keep(tensor2d(a, [r, K])), keep(tensor2d(b, [outputs, r]))] as const;
      parameters.set(`${name}.A`, matrices[0]).set(`${name}.B`, matrices[1]);
      layer.adapters = [...layer.adapters, new LowRankAdapter(...matrices, { start, outputs: N, scale })];
    }
    model.addParameters(parameters);
    model.trainable(this.names);
  }

  /** What is trained: every matrix, and weights of the head. */
  get names(): string[] {
    return [...[...this.model.parameters.keys()].filter(isOfAdapter), ...this.headNames];
  }

  /**
   * Adds what the adapters give to the weights of their layers, W + scale · B A, in float64 and rounded once, and takes them off:
   * the model is one as before, as fast and with files that any program reads.
   *
   * @throws OptionError if the weights are rounded, as of a model in f16 or i8; Dinov2Error after `merge` or `remove`
   */
  async merge(): Promise<void> {
    this.requireOn('merge');
    const { model, forms } = this;
    const rounded = forms.find(({ module }) => model.precision !== 'f32' && isRounded(module.weight));
    if (rounded !== undefined) {
      throw new OptionError(
        `merge: expected weights in float32, got ${rounded.module.weight} in ${model.precision}; save the adapters, and merge them into the model in f32`,
      );
    }
    for (const layer of new Set(forms.map(({ module }) => module.layer))) {
      const { weight } = layer;
      const sum = await weight.data<'float32'>();
      const changed = Float64Array.from(sum);
      for (const { a, b, options } of layer.adapters) {
        addProduct(changed, { ...options, K: weight.shape[1] }, await matrixOf(b), await matrixOf(a));
      }
      const merged = tensor2d(Float32Array.from(changed), weight.shape);
      assign(weight, merged);
      merged.dispose();
      await repack(weight);
    }
    this.remove();
  }

  /**
   * Takes the adapters off and frees them; the model computes as before, but for a head that was trained with them.
   *
   * @throws Dinov2Error after `merge` or `remove`
   */
  remove(): void {
    this.requireOn('remove');
    this.on = false;
    for (const { module } of this.forms) module.layer.adapters = [];
    this.model.removeParameters([...this.model.parameters.keys()].filter(isOfAdapter));
    this.model.trainable(this.before);
  }

  /** Whether they are on the model: neither merged nor removed. */
  get isOn(): boolean {
    return this.on;
  }

  private requireOn(what: string): void {
    if (this.on) return;
    throw new Dinov2Error(`${what}: expected adapters that are on a model, got some that were taken off`);
  }
}

/** Whether a parameter is an adapter's. */
function isOfAdapter(name: string): boolean {
  return name.startsWith('lora.');
}

interface Matrix {
  readonly values: Float32Array;
  readonly columns: number;
}

async function matrixOf(tensor: Tensor2D): Promise<Matrix> {
  return { values: await tensor.data<'float32'>(), columns: tensor.shape[1] };
}

/** Adds scale · B A to rows of a matrix with K columns, from the row `start`. */
function addProduct(
  sum: Float64Array,
  { start, scale, K }: { start: number; scale: number; K: number },
  b: Matrix,
  a: Matrix,
): void {
  const r = b.columns;
  const rows = b.values.length / r;
  for (let row = 0; row < rows; row++) {
    const at = (start + row) * K;
    for (let i = 0; i < r; i++) {
      const factor = scale * (b.values[row * r + i] ?? 0);
      for (let k = 0; k < K; k++) sum[at + k] = (sum[at + k] ?? 0) + factor * (a.values[i * K + k] ?? 0);
    }
  }
}
