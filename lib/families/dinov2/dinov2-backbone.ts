/** The model as a backbone of dense prediction. */
import {
  reshape,
  slice,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import { requireKnownOptions } from '../../../options/known-options.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { type LoadOptions, loadModel } from '../../loading/load-model.ts';
import type { ForwardOptions, PixelValues } from '../../model/forward-options.ts';
import { BackboneOutput } from '../../model/outputs.ts';
import { PreTrainedModel } from '../../model/pretrained-model.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';

const OPTIONS = ['outputHiddenStates', 'outputAttentions', 'attentionMask'];

/** DINOv2 as maps of features at chosen depths. HF: `Dinov2Backbone`, `Dinov2WithRegistersBackbone`. */
export class Dinov2Backbone extends PreTrainedModel {
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
   * Loads a checkpoint; `outFeatures` or `outIndices` in the options choose the stages.
   *
   * @param source e.g. `facebook/dinov2-base`
   * @throws SourceError, FormatError, ConfigError, WeightsError
   */
  static async fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Backbone> {
    const load = (weights: WeightReader, config: Dinov2Config) => BackboneLayers.load(weights, config);
    const { layers, parameters, warnings } = await loadModel('Dinov2Backbone', source, options, load, {
      mayIgnore: (name) => name.startsWith('head.'),
    });
    return new Dinov2Backbone(layers, parameters, warnings);
  }

  /** Builds a model with random weights. */
  static async fromConfig(config: Dinov2Config, options: InitialiseOptions = {}): Promise<Dinov2Backbone> {
    const { layers, parameters } = await initialiseModel(
      'Dinov2Backbone',
      config,
      options,
      BackboneLayers.load,
    );
    return new Dinov2Backbone(layers, parameters);
  }

  /** The stages returned, in order. */
  get outFeatures(): readonly string[] {
    return this.config.stages.outFeatures;
  }

  /** Channels of each stage returned. */
  get channels(): number[] {
    return this.outFeatures.map(() => this.config.hiddenSize);
  }

  /**
   * @param pixelValues [B, C, H, W] float32, as an image processor returns them
   * @returns tensors owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError
   */
  forward(pixelValues: Tensor4D | PixelValues, options: ForwardOptions = {}): BackboneOutput {
    return this.pass(() => {
      requireKnownOptions('Dinov2Backbone', options, this.forwardOptions);
      const stages = this.config.stages.outIndices;
      const { kept, internals, grid } = this.layers.forward('Dinov2Backbone', pixelValues, options, stages);
      const featureMaps = kept.map((state) => this.featureMap(state, grid));
      return new BackboneOutput(featureMaps, internals);
    });
  }

  protected disposeLayers(): void {
    this.layers.dispose();
  }

  private featureMap(state: Tensor3D, [h, w]: readonly [number, number]): Tensor3D | Tensor4D {
    const { applyLayernorm, reshapeHiddenStates, numRegisterTokens, hiddenSize } = this.config;
    return tidy(() => {
      const tokens = applyLayernorm ? this.layers.norm.forward(state) : state.clone();
      if (!reshapeHiddenStates) return tokens;
      const [B] = tokens.shape;
      const patches = slice(tokens, [0, 1 + numRegisterTokens, 0], [B, h * w, hiddenSize]);
      return transpose(reshape(patches, [B, h, w, hiddenSize]), [0, 3, 1, 2]) as Tensor4D;
    });
  }
}
