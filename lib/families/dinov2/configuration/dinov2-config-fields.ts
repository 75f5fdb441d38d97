/** What a DINOv2 configuration can be built from. */
import type { ActivationName } from '../../../../ops/activations.ts';
import type { ImageSize, ProblemType } from '../../../model/model-config.ts';

/** The two model types of transformers; what they differ in is said at the fields. */
export type Dinov2ModelType = 'dinov2' | 'dinov2_with_registers';

/**
 * Whose way of resampling the position table is followed.
 *
 * `hf`: transformers. `original`: facebookresearch/dinov2. `timm`: timm. They agree at the trained size and, for
 * models with registers, at every size.
 */
export type PositionInterpolation = 'hf' | 'original' | 'timm';

/** The fields a configuration can be built from; every one is optional and has transformers' default. */
export interface Dinov2ConfigFields {
  /** default `dinov2` */
  modelType?: Dinov2ModelType;
  /** D; default 768 */
  hiddenSize?: number;
  /** L; default 12 */
  numHiddenLayers?: number;
  /** A; default 12 */
  numAttentionHeads?: number;
  /** K; default D/A */
  headDim?: number;
  /** F/D; default 4 */
  mlpRatio?: number;
  /** the activation of the MLP; SwiGLU always uses SiLU; default `gelu` (erf form) */
  hiddenAct?: ActivationName;
  /** of training; kept, not used; default 0 */
  hiddenDropoutProb?: number;
  /** of training; kept, not used; default 0 */
  attentionProbsDropoutProb?: number;
  /** standard deviation of the initial weights; default 0.02 */
  initializerRange?: number;
  /** default 1e-6 */
  layerNormEps?: number;
  /** pixels of the trained size, which gives the table of positions; default 224, but 518 in the published models */
  imageSize?: ImageSize;
  /** pixels; default 14, but 16 for `dinov2_with_registers` */
  patchSize?: ImageSize;
  /** C; default 3 */
  numChannels?: number;
  /** default true */
  qkvBias?: boolean;
  /** what layer scale starts at; default 1 */
  layerscaleValue?: number;
  /** of training; kept, not used; default 0 */
  dropPathRate?: number;
  /** default false */
  useSwigluFfn?: boolean;
  /** R; default 0, but 4 for `dinov2_with_registers` */
  numRegisterTokens?: number;
  /** whether a backbone normalises its feature maps; default true */
  applyLayernorm?: boolean;
  /** whether a backbone returns maps [B, D, h, w] rather than tokens; default true */
  reshapeHiddenStates?: boolean;
  /** whether the model has a token for masked patches; default true */
  useMaskToken?: boolean;
  /** the stages a backbone returns; default the last */
  outFeatures?: readonly string[];
  /** the same by index */
  outIndices?: readonly number[];
  /** number of labels of a classifier; default that of `id2label`, or 2; 0 returns the features */
  numLabels?: number;
  id2label?: Readonly<Record<number, string>>;
  /**
   * n, the layers whose CLS token a classifier reads, the last ones: 4 for the larger of the original code's two
   * ImageNet heads; default 1; not a field of transformers, whose classifiers read the last layer only
   */
  numClassifierLayers?: number;
  /** the loss of a classifier; by default found from the labels, as transformers does */
  problemType?: ProblemType;
  /** the default of the forward option; default false */
  outputHiddenStates?: boolean;
  /** the default of the forward option; default false */
  outputAttentions?: boolean;
  /** whose position resampling is followed; default `hf`; not a field of transformers */
  positionInterpolation?: PositionInterpolation;
}

/** A field of which tensors keep no trace. */
export type UntracedField = 'numAttentionHeads' | 'hiddenAct' | 'layerNormEps' | 'imageSize';

/** The fields that have a value; what is undefined says nothing. */
export function definedFields(fields: Dinov2ConfigFields): Dinov2ConfigFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
