/** The base of all models: a configuration, parameters, and a forward pass that can be traced and compiled. */
/// <reference lib="esnext.disposable" preserve="true" />
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { tagOf } from '../../bytes/tag-of.ts';
import { Dinov2Error, OptionError } from '../../errors/errors.ts';
import { Printed, printed } from '../../errors/printed.ts';
import type { CompileOptions } from '../../graph/engines/compile.ts';
import type { CompiledModel } from '../../graph/engines/compiled-model.ts';
import type { NamedTensors, Program } from '../../graph/record/record.ts';
import { tidyOutput } from '../../graph/tidy-output.ts';
import type { OutputOptions, Traceable } from '../../graph/traceable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Precision } from '../../ops/precision.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import {
  EAGER_OPTIONS,
  type ForwardOptions,
  internalNames,
  sizeWarnings,
  wantedInternals,
} from './forward-options.ts';
import { unwatch, watchForLeak } from './leaks.ts';
import { bothAxes, type ModelConfig } from './model-config.ts';
import type { Internals, ModelOutput } from './outputs.ts';
import { type TrainableParts, trainableByDefault, trainableNames } from './trainable-names.ts';

/** What a model is made of. */
export interface ModelParts<Config, Layers> {
  readonly config: Config;
  readonly layers: Layers;
  /** every weight by the original code's name; owned by the model */
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly warnings?: readonly string[];
  /** default `f32` */
  readonly precision?: Precision;
}

/** A model in a few words. */
export interface ModelSummary
  extends Pick<
    ModelConfig,
    | 'modelType'
    | 'hiddenSize'
    | 'numHiddenLayers'
    | 'numAttentionHeads'
    | 'imageSize'
    | 'patchSize'
    | 'numRegisterTokens'
  > {
  readonly architecture: string;
  /** of a classifier */
  readonly numLabels?: number;
  readonly numParameters: number;
  /** where it is not `f32` */
  readonly precision?: Precision;
  /** true after `dispose` */
  readonly disposed?: boolean;
}

/** A model together with the weights it owns. */
export abstract class PreTrainedModel<Config extends ModelConfig = ModelConfig>
  extends Printed
  implements Traceable
{
  readonly config: Config;
  /** every weight by the original code's name; owned by the model */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** what the linear weights of its blocks are rounded to */
  readonly precision: Precision;
  /** what was assumed about the model that no file says, in sentences; empty where nothing was */
  readonly warnings: readonly string[];
  /** the options that `forward` takes */
  abstract readonly forwardOptions: readonly string[];
  readonly eagerOptions: readonly string[] = EAGER_OPTIONS;
  private readonly owned: Map<string, Tensor>;
  private disposed = false;
  private trained: ReadonlySet<string>;

  protected constructor(parts: ModelParts<Config, unknown>) {
    super();
    // JavaScript does not keep anybody from calling it with a configuration or a source
    if (tagOf(parts?.parameters) !== 'Map') {
      const name = this.architecture;
      throw new OptionError(
        `new ${name}: expected a model to be made by a method, got a call of its constructor; await ${name}.fromPretrained(source), or ${name}.fromConfig(config) for random weights`,
      );
    }
    const { config, parameters, warnings = [], precision = 'f32' } = parts;
    this.config = config;
    this.owned = new Map(parameters);
    this.parameters = this.owned;
    this.precision = precision;
    this.trained = new Set(trainableByDefault(this));
    this.warnings = warnings;
    watchForLeak(this, this.architecture, [...parameters.values()], 'call model.dispose()');
  }

  /** The name of the class; that of its constructor is a letter in pages, whose bundlers shorten names. */
  get architecture(): string {
    const { architectures = [] } = this.constructor as { architectures?: readonly string[] };
    return architectures[0] ?? this.constructor.name;
  }

  /**
   * Says which parameters are trained: `valueAndGradients` gives the gradients of these, and where nothing is trained, nothing is
   * kept for gradients. At first all are that can be. PyTorch: `requires_grad_`.
   *
   * @returns their names
   * @throws OptionError if there is no such part, or the weights are rounded
   */
  trainable(parts: TrainableParts): readonly string[] {
    this.trained = new Set(trainableNames(this.architecture, parts, this));
    return this.trainableNames;
  }

  /** The names of the parameters that are trained, in the order of `parameters`. */
  get trainableNames(): readonly string[] {
    return [...this.parameters.keys()].filter((name) => this.trained.has(name));
  }

  /** Takes over further parameters, such as those of adapters, under names that none has. */
  addParameters(parameters: ReadonlyMap<string, Tensor>): void {
    for (const [name, parameter] of parameters) this.owned.set(name, parameter);
  }

  /** Frees parameters that no layer computes with any more. */
  removeParameters(names: readonly string[]): void {
    for (const name of names) {
      this.owned.get(name)?.dispose();
      this.owned.delete(name);
    }
  }

  /** The number of values in all weights. */
  get numParameters(): number {
    let count = 0;
    for (const parameter of this.parameters.values()) count += parameter.size;
    return count;
  }

  /**
   * @param pixelValues [B, C, H, W] float32, as an image processor returns them
   * @returns tensors owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError
   */
  abstract forward(pixelValues: Tensor4D | PixelValues, options?: ForwardOptions): ModelOutput;

  /** The outputs that every forward pass has, by name. */
  protected abstract get ownOutputs(): readonly string[];

  /**
   * The class's output of its own outputs and what was kept of its inside.
   *
   * @param named by the names of `ownOutputs`, in their order
   * @param options as `forward` takes them
   */
  protected abstract output(
    named: readonly (readonly [string, Tensor])[],
    internals: Internals,
    options: object,
  ): ModelOutput;

  /** Frees what the layers keep beside their weights. */
  protected abstract disposeLayers(): void;

  outputNames(where: string, options: OutputOptions): string[] {
    const wanted = wantedInternals(where, options, this.config);
    return [...this.ownOutputs, ...internalNames(wanted, this.config.numHiddenLayers)];
  }

  outputOf(
    named: ReadonlyMap<string, Tensor>,
    options: OutputOptions,
    shape: readonly number[],
  ): ModelOutput {
    const entries = (names: readonly string[]) =>
      names.map((name): [string, Tensor] => {
        const found = named.get(name);
        if (found === undefined) throw new Error(`internal: no tensor for the output ${name}`);
        return [name, found];
      });
    const wanted = wantedInternals('forward', options, this.config);
    const internals = {
      named: entries(internalNames(wanted, this.config.numHiddenLayers)),
      states: wanted.states,
      warnings: sizeWarnings(shape, bothAxes(this.config.patchSize)),
    };
    return this.output(entries(this.ownOutputs), internals, options);
  }

  program(options: OutputOptions): Program {
    const { states, attentions } = wantedInternals('trace', options, this.config);
    return ({ pixel_values, bool_masked_pos, attention_mask }: NamedTensors): NamedTensors => {
      const output = this.forward(pixel_values as Tensor4D, {
        outputHiddenStates: states ?? false,
        outputAttentions: attentions,
        ...(bool_masked_pos && { boolMaskedPos: bool_masked_pos as Tensor2D }),
        ...(attention_mask && { attentionMask: attention_mask }),
      });
      return Object.fromEntries(output.named);
    };
  }

  /**
   * Makes a model that another engine runs: the same call, the same outputs, as promises.
   *
   * @param options which engine, and how it runs; see `CompileOptions`
   * @returns to be disposed of by the caller; this model goes on, and must, as long as images of new sizes may come
   * @throws DeviceError if the engine is not installed; OptionError
   */
  async compile<Model extends PreTrainedModel>(
    this: Model,
    options?: CompileOptions,
  ): Promise<CompiledModel<Model>> {
    const { compile } = await import('../../graph/engines/compile.ts');
    return compile(this, options);
  }

  /** Class, sizes and parameters, in one line; `console.log` shows the same. */
  toString(): string {
    const { architecture, ...rest } = this.toJSON();
    return printed(architecture, rest);
  }

  /** What `JSON.stringify` writes of it: class, sizes and parameters, no weights; its configuration is `config`. */
  toJSON(): ModelSummary {
    const { modelType, hiddenSize, numHiddenLayers, numAttentionHeads } = this.config;
    const { imageSize, patchSize, numRegisterTokens, numLabels } = this.config;
    return {
      architecture: this.architecture,
      ...{ modelType, hiddenSize, numHiddenLayers, numAttentionHeads },
      ...{ imageSize, patchSize, numRegisterTokens },
      ...(this.ownOutputs.includes('logits') && { numLabels }),
      numParameters: this.numParameters,
      ...(this.precision !== 'f32' && { precision: this.precision }),
      ...(this.disposed && { disposed: true }),
    };
  }

  /** Frees every weight; `forward` can't be called afterwards. Safe to call twice. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    unwatch(this);
    this.disposeLayers();
    for (const parameter of this.parameters.values()) parameter.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Runs a forward pass; options that don't exist are refused, and if it fails, every tensor it has made is freed. */
  protected pass<Output extends ModelOutput>(options: object, forward: () => Output): Output {
    if (this.disposed) {
      throw new Dinov2Error(
        `${this.architecture}: forward() must come before dispose(), got a call after it`,
      );
    }
    return tidyOutput(() => {
      requireKnownOptions(this.architecture, options, this.forwardOptions);
      return forward();
    });
  }
}
