/** The bare model. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { clsToken } from '../../../layers/linear-head.ts';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import { requireKnownOptions } from '../../../options/known-options.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { type LoadOptions, loadModel } from '../../loading/load-model.ts';
import type { MaskedForwardOptions, PixelValues } from '../../model/forward-options.ts';
import { Dinov2ModelOutput } from '../../model/outputs.ts';
import { PreTrainedModel } from '../../model/pretrained-model.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';

const OPTIONS = ['outputHiddenStates', 'outputAttentions', 'attentionMask', 'boolMaskedPos'];

/** DINOv2 without a head, with or without registers. HF: `Dinov2Model`, `Dinov2WithRegistersModel`. */
export class Dinov2Model extends PreTrainedModel {
  readonly layers: BackboneLayers;
  override readonly forwardOptions: readonly string[] = OPTIONS;

  private constructor(
    layers: BackboneLayers,
    parameters: ReadonlyMap<string, Tensor>,
    warnings?: readonly string[],
  ) {
    super(layers.config, parameters, warnings);
    this.layers = layers;
  }

  /**
   * Loads a checkpoint: a folder, a Hub id, a URL, a `.safetensors` or `.pth` file, or files in memory.
   *
   * @param source e.g. `facebook/dinov2-base`
   * @throws SourceError, FormatError, ConfigError, WeightsError
   */
  static async fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Model> {
    const load = (weights: WeightReader, config: Dinov2Config) => BackboneLayers.load(weights, config);
    const { layers, parameters, warnings } = await loadModel('Dinov2Model', source, options, load, {
      mayIgnore: (name) => name.startsWith('head.'),
    });
    return new Dinov2Model(layers, parameters, warnings);
  }

  /** Builds a model with random weights. */
  static async fromConfig(config: Dinov2Config, options: InitialiseOptions = {}): Promise<Dinov2Model> {
    const { layers, parameters } = await initialiseModel('Dinov2Model', config, options, BackboneLayers.load);
    return new Dinov2Model(layers, parameters);
  }

  /**
   * @param pixelValues [B, C, H, W] float32, as an image processor returns them; any H and W of at least a patch
   * @returns tensors owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError
   */
  forward(pixelValues: Tensor4D | PixelValues, options: MaskedForwardOptions = {}): Dinov2ModelOutput {
    return this.pass(() => {
      requireKnownOptions('Dinov2Model', options, this.forwardOptions);
      const { output, internals } = this.layers.forward('Dinov2Model', pixelValues, options);
      const lastHiddenState = this.layers.norm.forward(output);
      return new Dinov2ModelOutput({ lastHiddenState, poolerOutput: clsToken(lastHiddenState) }, internals);
    });
  }

  protected disposeLayers(): void {
    this.layers.dispose();
  }
}
