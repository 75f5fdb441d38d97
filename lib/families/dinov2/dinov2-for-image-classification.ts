/** The model with a linear classifier. */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { ShapeError } from '../../../errors/errors.ts';
import type { PixelValues } from '../../../images/pixel-values.ts';
import { clsToken, LinearHead } from '../../../layers/linear-head.ts';
import type { WeightReader } from '../../../layers/weight-reader.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { LINEAR_HEAD } from '../../heads/linear/head.ts';
import { ImageClassifierOutput } from '../../heads/linear/image-classifier-output.ts';
import { classificationLoss, inferProblemType } from '../../heads/linear/loss.ts';
import { type InitialiseOptions, initialiseModel } from '../../loading/initialise-model.ts';
import { loadModel } from '../../loading/load-model.ts';
import { MASKED_FORWARD_OPTIONS, type MaskedForwardOptions } from '../../model/forward-options.ts';
import type { Internals } from '../../model/outputs.ts';
import type { ModelParts } from '../../model/pretrained-model.ts';
import { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './dinov2-config.ts';
import { Dinov2PreTrainedModel } from './dinov2-pretrained-model.ts';
import type { ClassifierLoadOptions } from './load-options.ts';

/** A backbone and its head. */
interface ClassifierLayers {
  readonly backbone: BackboneLayers;
  readonly head: LinearHead;
}

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
export class Dinov2ForImageClassification extends Dinov2PreTrainedModel {
  static readonly architectures = [
    'Dinov2ForImageClassification',
    'Dinov2WithRegistersForImageClassification',
  ] as const;
  static readonly kind = 'ForImageClassification';
  static readonly head = LINEAR_HEAD;
  static readonly outputs = ['logits', 'loss'] as const;
  override readonly forwardOptions: readonly string[] = [...MASKED_FORWARD_OPTIONS, 'labels'];
  readonly classifier: LinearHead;

  private constructor(parts: ModelParts<Dinov2Config, BackboneLayers>, head: LinearHead) {
    super(parts);
    this.classifier = head;
  }

  static create({
    layers,
    ...parts
  }: ModelParts<Dinov2Config, ClassifierLayers>): Dinov2ForImageClassification {
    return new Dinov2ForImageClassification({ ...parts, layers: layers.backbone }, layers.head);
  }

  /** Reads every layer, the head's under `head`. */
  static async load(weights: WeightReader, config: Dinov2Config): Promise<ClassifierLayers> {
    const backbone = await BackboneLayers.load(weights, config);
    const head = await LinearHead.load(weights.scope(LINEAR_HEAD.scope), {
      dim: config.hiddenSize,
      numLayers: config.numClassifierLayers,
      numLabels: config.numLabels,
      numRegisterTokens: config.numRegisterTokens,
    });
    return { backbone, head };
  }

  /**
   * Loads a checkpoint that has a classifier, or a backbone and the `head` of another file, or one that is to be trained: `newHead`.
   *
   * @param source e.g. `facebook/dinov2-base-imagenet1k-1-layer`
   * @throws SourceError, FormatError, ConfigError, OptionError, WeightsError
   */
  static fromPretrained(
    source: ModelSource,
    options: ClassifierLoadOptions = {},
  ): Promise<Dinov2ForImageClassification> {
    return loadModel([Dinov2ForImageClassification], source, options);
  }

  /** Builds a model with random weights and `config.numLabels` labels. */
  static fromConfig(
    config: Dinov2Config,
    options: InitialiseOptions = {},
  ): Promise<Dinov2ForImageClassification> {
    return initialiseModel(Dinov2ForImageClassification, config, options);
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
    return this.pass(options, () => {
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
      return this.output([['logits', logits]], internals, options);
    });
  }

  protected get ownOutputs(): readonly string[] {
    return ['logits'];
  }

  /**
   * The loss of logits against labels, by the problem type of the configuration or what the labels look like.
   *
   * @param logits [B, labels]; borrowed
   * @returns a scalar owned by the caller; undefined without labels
   * @throws ShapeError
   */
  loss(logits: Tensor2D, labels: Tensor | undefined): Tensor | undefined {
    this.requireLabels(labels);
    if (labels === undefined) return undefined;
    const { problemType = inferProblemType(labels, this.config.numLabels) } = this.config;
    return classificationLoss(logits, labels, problemType);
  }

  protected output(
    named: readonly (readonly [string, Tensor])[],
    internals: Internals,
    { labels }: Pick<ClassifierForwardOptions, 'labels'>,
  ): ImageClassifierOutput {
    const output = new ImageClassifierOutput(named, internals);
    const loss = this.loss(output.logits, labels);
    return loss === undefined ? output : new ImageClassifierOutput([['loss', loss], ...named], internals);
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
