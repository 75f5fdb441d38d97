/** The bare model. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../../../images/pixel-values.ts';
import { clsToken } from '../../../layers/linear-head.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { loadModel } from '../../loading/load-model.ts';
import { MASKED_FORWARD_OPTIONS, type MaskedForwardOptions } from '../../model/forward-options.ts';
import { Dinov2ModelOutput, type Internals } from '../../model/outputs.ts';
import type { ModelParts } from '../../model/pretrained-model.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './dinov2-config.ts';
import { Dinov2PreTrainedModel } from './dinov2-pretrained-model.ts';
import type { LoadOptions } from './load-options.ts';

/** DINOv2 without a head, with or without registers. HF: `Dinov2Model`, `Dinov2WithRegistersModel`. */
export class Dinov2Model extends Dinov2PreTrainedModel {
  static readonly architectures = ['Dinov2Model', 'Dinov2WithRegistersModel'] as const;
  static readonly kind = 'Model';
  static readonly outputs = ['last_hidden_state', 'pooler_output'] as const;
  static readonly load = BackboneLayers.load;
  override readonly forwardOptions: readonly string[] = MASKED_FORWARD_OPTIONS;

  static create(parts: ModelParts<Dinov2Config, BackboneLayers>): Dinov2Model {
    return new Dinov2Model(parts);
  }

  /**
   * Loads a checkpoint: a folder, a Hub id, a URL, a `.safetensors` or `.pth` file, or files in memory.
   *
   * @param source e.g. `facebook/dinov2-base`
   * @throws SourceError, FormatError, ConfigError, WeightsError
   */
  static fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Model> {
    return loadModel([Dinov2Model], source, options);
  }

  /** Builds a model with random weights. */
  static fromConfig(config: Dinov2Config, options: InitialiseOptions = {}): Promise<Dinov2Model> {
    return initialiseModel(Dinov2Model, config, options);
  }

  /**
   * @param pixelValues [B, C, H, W] float32, as an image processor returns them; any H and W of at least a patch
   * @returns tensors owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError
   */
  forward(pixelValues: Tensor4D | PixelValues, options: MaskedForwardOptions = {}): Dinov2ModelOutput {
    return this.pass(options, () => {
      const { output, internals } = this.layers.forward('Dinov2Model', pixelValues, options);
      const lastHiddenState = this.layers.norm.forward(output);
      const named = { last_hidden_state: lastHiddenState, pooler_output: clsToken(lastHiddenState) };
      return this.output(Object.entries(named), internals);
    });
  }

  protected get ownOutputs(): readonly string[] {
    return Dinov2Model.outputs;
  }

  protected output(named: readonly (readonly [string, Tensor])[], internals: Internals): Dinov2ModelOutput {
    return new Dinov2ModelOutput(named, internals);
  }
}
