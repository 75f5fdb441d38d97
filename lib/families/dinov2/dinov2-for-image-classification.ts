/** The model with a linear classifier. */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../../errors/errors.ts';
import { clsToken, type LinearHead } from '../../../layers/linear-head.ts';
import { requireKnownOptions } from '../../../options/known-options.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { classificationLoss, inferProblemType } from '../../heads/linear/loss.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { type ClassifierLoadOptions, loadModel } from '../../loading/load-model.ts';
import type { MaskedForwardOptions, PixelValues } from '../../model/forward-options.ts';
import { ImageClassifierOutput } from '../../model/outputs.ts';
import { PreTrainedModel } from '../../model/pretrained-model.ts';
import type { BackboneLayers } from './backbone-layers.ts';
import { type ClassifierLayers, loadClassifierLayers } from './classifier-layers.ts';
import type { Dinov2Config } from './configuration/dinov2-config.ts';

const OPTIONS = ['outputHiddenStates', 'outputAttentions', 'attentionMask', 'boolMaskedPos', 'labels'];

/** Forward options of a classifier. */
export interface ClassifierForwardOptions extends MaskedForwardOptions {
  /** what the loss is computed against; its form depends on the problem type, see `classificationLoss` */
  labels?: Tensor;
}

/**
 * DINOv2 with a linear layer on [CLS of the last n layers, mean of the patches], all after the final norm.
 *
 * n is `numClassifierLayers` of the configuration.
 *
 * HF: `Dinov2ForImageClassification`, `Dinov2WithRegistersForImageClassification` (n = 1) · Meta:
 * `_LinearClassifierWrapper` (n = 1 or 4).
 */
export class Dinov2ForImageClassification extends PreTrainedModel {
  readonly layers: BackboneLayers;
  override readonly forwardOptions: readonly string[] = OPTIONS;
  readonly classifier: LinearHead;

  private constructor(
    { backbone, head }: ClassifierLayers,
    parameters: ReadonlyMap<string, Tensor>,
    warnings?: readonly string[],
  ) {
    super(backbone.config, parameters, warnings);
    this.layers = backbone;
    this.classifier = head;
  }

  /**
   * Loads a checkpoint that has a classifier, or a backbone and the `head` of another file.
   *
   * @param source e.g. `facebook/dinov2-base-imagenet1k-1-layer`
   * @throws SourceError, FormatError, ConfigError, OptionError, WeightsError
   */
  static async fromPretrained(
    source: ModelSource,
    options: ClassifierLoadOptions = {},
  ): Promise<Dinov2ForImageClassification> {
    const { layers, parameters, warnings } = await loadModel(
      'Dinov2ForImageClassification',
      source,
      options,
      loadClassifierLayers,
      { isClassifier: true },
    );
    return new Dinov2ForImageClassification(layers, parameters, warnings);
  }

  /** Builds a model with random weights and `config.numLabels` labels. */
  static async fromConfig(
    config: Dinov2Config,
    options: InitialiseOptions = {},
  ): Promise<Dinov2ForImageClassification> {
    const { layers, parameters } = await initialiseModel(
      'Dinov2ForImageClassification',
      config,
      options,
      loadClassifierLayers,
    );
    return new Dinov2ForImageClassification(layers, parameters);
  }

  /**
   * @param pixelValues [B, C, H, W] float32, as an image processor returns them
   * @returns tensors owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError
   */
  forward(
    pixelValues: Tensor4D | PixelValues,
    options: ClassifierForwardOptions = {},
  ): ImageClassifierOutput {
    return this.pass(() => {
      requireKnownOptions('Dinov2ForImageClassification', options, this.forwardOptions);
      this.requireLabels(options.labels);
      const { output, kept, internals } = this.layers.forward(
        'Dinov2ForImageClassification',
        pixelValues,
        options,
        this.earlierLayers,
      );
      const { norm } = this.layers;
      const earlier = kept.map((state) => norm.forward(clsToken(state)));
      const logits = this.classifier.forward(norm.forward(output), earlier);
      return new ImageClassifierOutput({ logits, loss: this.loss(logits, options.labels) }, internals);
    });
  }

  /**
   * The loss of logits against labels, by the problem type of the configuration or what the labels look like.
   *
   * @param logits [B, labels]; borrowed
   * @returns a scalar owned by the caller; undefined without labels
   * @throws ShapeError if the labels don't fit
   */
  loss(logits: Tensor2D, labels: Tensor | undefined): Tensor | undefined {
    this.requireLabels(labels);
    if (labels === undefined) return undefined;
    const { problemType, numLabels } = this.config;
    return classificationLoss(logits, labels, problemType ?? inferProblemType(labels, numLabels));
  }

  protected disposeLayers(): void {
    this.layers.dispose();
  }

  private requireLabels(labels: Tensor | undefined): void {
    if (labels !== undefined && this.config.numLabels === 0) {
      throw new ShapeError(
        'Dinov2ForImageClassification: labels need a classifier, got a model with numLabels 0',
      );
    }
  }

  /** The layers before the last whose CLS token the head reads, first layer first. */
  private get earlierLayers(): number[] {
    const { numHiddenLayers, numClassifierLayers } = this.config;
    const first = numHiddenLayers - numClassifierLayers + 1;
    return Array.from({ length: numClassifierLayers - 1 }, (_, i) => first + i);
  }
}
