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
import type { PixelValues } from '../../../images/pixel-values.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { loadModel } from '../../loading/load-model.ts';
import { FORWARD_OPTIONS, type ForwardOptions } from '../../model/forward-options.ts';
import { BackboneOutput, type Internals } from '../../model/outputs.ts';
import type { ModelParts } from '../../model/pretrained-model.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './dinov2-config.ts';
import { Dinov2PreTrainedModel } from './dinov2-pretrained-model.ts';
import type { LoadOptions } from './load-options.ts';

/** DINOv2 as maps of features at chosen depths. HF: `Dinov2Backbone`, `Dinov2WithRegistersBackbone`. */
export class Dinov2Backbone extends Dinov2PreTrainedModel {
  static readonly architectures = ['Dinov2Backbone', 'Dinov2WithRegistersBackbone'] as const;
  static readonly kind = 'Backbone';
  static readonly outputs = ['feature_maps'] as const;
  static readonly load = BackboneLayers.load;
  override readonly forwardOptions: readonly string[] = FORWARD_OPTIONS;

  static create(parts: ModelParts<Dinov2Config, BackboneLayers>): Dinov2Backbone {
    return new Dinov2Backbone(parts);
  }

  /**
   * Loads a checkpoint; `outFeatures` or `outIndices` in the options choose the stages.
   *
   * @param source e.g. `facebook/dinov2-base`
   * @throws SourceError, FormatError, ConfigError, WeightsError
   */
  static fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Backbone> {
    return loadModel([Dinov2Backbone], source, options);
  }

  /** Builds a model with random weights. */
  static fromConfig(config: Dinov2Config, options: InitialiseOptions = {}): Promise<Dinov2Backbone> {
    return initialiseModel(Dinov2Backbone, config, options);
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
    return this.pass(options, () => {
      const stages = this.config.stages.outIndices;
      const { kept, internals, grid } = this.layers.forward('Dinov2Backbone', pixelValues, options, stages);
      const named = kept.map((state, i): [string, Tensor] => [
        `feature_maps.${this.outFeatures[i]}`,
        this.featureMap(state, grid),
      ]);
      return this.output(named, internals);
    });
  }

  protected get ownOutputs(): readonly string[] {
    return this.outFeatures.map((stage) => `feature_maps.${stage}`);
  }

  protected output(named: readonly (readonly [string, Tensor])[], internals: Internals): BackboneOutput {
    return new BackboneOutput(named, internals);
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
