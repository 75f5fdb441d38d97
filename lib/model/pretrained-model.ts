/** What every model has: a configuration, parameters, an end. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { Dinov2Error } from '../../errors/errors.ts';
import type { CompileOptions } from '../../graph/engines/compile.ts';
import type { CompiledModel } from '../../graph/engines/compiled-model.ts';
import type { NamedTensors, Program } from '../../graph/record/record.ts';
import { tidyOutput } from '../../graph/tidy-output.ts';
import type { OutputOptions, Traceable } from '../../graph/traceable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import { hiddenStateIndices } from './forward-options.ts';
import { namedTensors } from './named-tensors.ts';
import { outputNames, outputOf } from './output-of.ts';
import type { ModelOutput } from './outputs.ts';

/** A model together with the weights it owns. */
export abstract class PreTrainedModel implements Traceable {
  readonly config: Dinov2Config;
  /** every weight by the original code's name; owned by the model */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** what was assumed about the model that no file says, in sentences; empty where nothing was */
  readonly warnings: readonly string[];
  /** the options that `forward` takes */
  abstract readonly forwardOptions: readonly string[];
  private disposed = false;

  protected constructor(
    config: Dinov2Config,
    parameters: ReadonlyMap<string, Tensor>,
    warnings: readonly string[] = [],
  ) {
    this.config = config;
    this.parameters = parameters;
    this.warnings = warnings;
  }

  /** The number of values in all weights. */
  get numParameters(): number {
    let count = 0;
    for (const parameter of this.parameters.values()) count += parameter.size;
    return count;
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

  abstract forward(pixelValues: Tensor4D | PixelValues, options?: object): ModelOutput;

  /** The forward pass as a program that can be traced; see `Traceable`. */
  program(options: OutputOptions): Program {
    const {
      outputHiddenStates = this.config.outputHiddenStates,
      outputAttentions = this.config.outputAttentions,
    } = options;
    const indices = hiddenStateIndices('trace', outputHiddenStates, this.config.numHiddenLayers);
    return ({ pixel_values, bool_masked_pos, attention_mask }: NamedTensors): NamedTensors => {
      const output = this.forward(pixel_values as Tensor4D, {
        outputHiddenStates,
        outputAttentions,
        ...(bool_masked_pos && { boolMaskedPos: bool_masked_pos }),
        ...(attention_mask && { attentionMask: attention_mask }),
      });
      return Object.fromEntries(namedTensors(output, this.config, indices));
    };
  }

  /** The names of the outputs of a program; see `Traceable`. */
  outputNames(where: string, options: OutputOptions): string[] {
    return outputNames(this, where, options);
  }

  /** What `forward` would return, made of tensors that were computed elsewhere; see `Traceable`. */
  outputOf(named: ReadonlyMap<string, Tensor>, options: object, shape: readonly number[]): ModelOutput {
    return outputOf(this, named, { ...options, shape });
  }

  /** Frees every weight; `forward` can't be called afterwards. Safe to call twice. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.disposeLayers();
    for (const parameter of this.parameters.values()) parameter.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Frees what the layers keep beside their weights. */
  protected abstract disposeLayers(): void;

  /** Runs a forward pass; if it fails, every tensor it has made is freed. */
  protected pass<Output extends ModelOutput>(forward: () => Output): Output {
    this.requireAlive();
    return tidyOutput(forward);
  }

  private requireAlive(): void {
    if (this.disposed) {
      throw new Dinov2Error(
        `${this.constructor.name}: forward() must come before dispose(), got a call after it`,
      );
    }
  }
}
