/** DINOv2 in TypeScript on TensorFlow.js: everything a user of the package imports. */
import '../platform/lend-require.ts';

export { DEVICE_OPTIONS, type DeviceDetails, type DeviceOptions } from '../backends/device.ts';
export { DEVICES, type Device, type DeviceInfo, deviceInfo, setDevice } from '../backends/devices.ts';
export * from '../errors/errors.ts';
export type { ArrayInput } from '../graph/engines/array-input.ts';
export { type CompileOptions, compile } from '../graph/engines/compile.ts';
export { type CompileGraphOptions, ENGINES } from '../graph/engines/compile-graph.ts';
export { CompiledGraph } from '../graph/engines/compiled-graph.ts';
export { CompiledModel } from '../graph/engines/compiled-model.ts';
export { findEngine, type InstalledEngine } from '../graph/engines/find-engine.ts';
export { GRAPH_CACHE_OPTIONS, type GraphCacheOptions } from '../graph/engines/kept/graph-cache-options.ts';
export type { KeptGraph } from '../graph/engines/kept/graph-entry-node.ts';
export { deleteKeptGraphs, listKeptGraphs } from '../graph/engines/kept/kept-graphs.ts';
export type { GraphCachePlace } from '../graph/engines/kept/open-graph-cache-node.ts';
export {
  type ExecutionProvider,
  ONNX_RUNTIME_OPTIONS,
  type OnnxRuntime,
  type OnnxRuntimeOptions,
} from '../graph/engines/onnx-runtime.ts';
export type { Runnable } from '../graph/engines/runnable.ts';
export type { GraphSummary } from '../graph/summary.ts';
export {
  type ExportOnnxOptions,
  exportOnnx,
  ONNX_FILE_OPTIONS,
  type OnnxExport,
} from '../graph/tracing/export-onnx.ts';
export { type Example, type TraceOptions, type TraceProgramOptions, trace } from '../graph/tracing/trace.ts';
export { TracedGraph } from '../graph/tracing/traced-graph.ts';
export { AUGMENT_OPTIONS, type AugmentOptions, augment, augmentPixels } from '../images/augment/augment.ts';
export { decodeImage } from '../images/decode-image.ts';
export { ENCODE_PNG_OPTIONS, type EncodePngOptions, encodePng, encodePngRows } from '../images/encode-png.ts';
export type { Box, Point } from '../images/geometry/box.ts';
export {
  PatchGrid,
  type PatchGridJson,
  type PatchGridParts,
  type PatchPart,
  patchGrid,
} from '../images/geometry/patch-grid.ts';
export { VIEW_OPTIONS, type ViewOptions } from '../images/geometry/view-options.ts';
export {
  AutoImageProcessor,
  BitImageProcessor,
  type Pixels,
  PREPROCESS_OPTIONS,
  PROCESSOR_OPTIONS,
  type PreprocessOptions,
  type ProcessorOptions,
} from '../images/image-processor.ts';
export type { AddressOptions } from '../images/inputs/address.ts';
export type { DrawnImage } from '../images/inputs/drawn-image.ts';
export type { PixelRange } from '../images/inputs/eight-bits.ts';
export type { ImageInput } from '../images/inputs/image-input.ts';
export type { ImageTensor } from '../images/inputs/image-tensor.ts';
export type { PixelImage } from '../images/inputs/pixel-image.ts';
export type { SharpImage } from '../images/inputs/sharp-image.ts';
export type { PixelValues } from '../images/pixel-values.ts';
export {
  type ImageAhead,
  type NamedImage,
  type Preprocessor,
  preprocessAhead,
} from '../images/preprocess-ahead.ts';
export { PROCESSOR_BACKENDS, type ProcessorBackend } from '../images/processor-backend.ts';
export { DINOV2_PROCESSOR, type ProcessorConfig } from '../images/processor-config.ts';
export type { ProcessorSettings } from '../images/processor-settings.ts';
export type { RawImage, RgbaImage } from '../images/raw-image.ts';
export { stackPixelValues } from '../images/stack-pixel-values.ts';
export type { AttentionVisitor, QueryKeyValue } from '../layers/attention-visitor.ts';
export { registerGradients } from '../ops/gradients/register-gradients.ts';
export type { Precision } from '../ops/precision.ts';
export * as option from '../options/rows.ts';
export { TorchGenerator, type TorchGeneratorState } from '../random/torch-generator.ts';
export * from '../rendering/index.ts';
export type { DownloadProgress } from '../sources/download-progress.ts';
export { type CachedFile, deleteCachedFiles, listCachedFiles } from '../sources/kept/cached-files.ts';
export type { ModelSource } from '../sources/model-source.ts';
export { type FilesInMemory, REPOSITORY_OPTIONS, type RepositoryOptions } from '../sources/repository.ts';
export type { KeySchemeName } from '../weights/key-schemes/key-scheme.ts';
export { WEIGHTS_OPTIONS, type WeightsOptions } from '../weights/weights-options.ts';
export { encodeSafetensors } from '../weights/write/encode-safetensors.ts';
export { safetensorsHeader } from '../weights/write/safetensors-header.ts';
export { type FileContent, type WriteFileOptions, writeFile } from '../weights/write/write-file.ts';
export {
  COMPARE_OPTIONS,
  type CompareOptions,
  compareModels,
  type TensorComparison,
  type TensorVerdict,
} from './conversion/compare.ts';
export {
  CONVERSION_DTYPES,
  CONVERT_OPTIONS,
  type Conversion,
  type ConversionDtype,
  type ConvertOptions,
  convert,
} from './conversion/convert.ts';
export {
  CONVERT_TO_ONNX_OPTIONS,
  type ConvertToOnnxOptions,
  convertToOnnx,
  type OnnxConversion,
} from './conversion/convert-to-onnx.ts';
export {
  INSPECT_OPTIONS,
  type InspectedTensor,
  type Inspection,
  type InspectOptions,
  inspect,
} from './conversion/inspect.ts';
export {
  type Dataset,
  type DatasetItem,
  type DatasetLabel,
  datasetOf,
  requireSingleLabels,
  type WrittenItem,
  type WrittenOptions,
} from './datasets/dataset.ts';
export {
  type DatasetFeatures,
  datasetFeatures,
  FEATURES_OPTIONS,
  type FeaturesOptions,
} from './datasets/dataset-features.ts';
export { type Confusion, confusionPng, confusionSvg } from './datasets/draw-confusion.ts';
export { droppedFiles } from './datasets/dropped-files.ts';
export {
  type DatasetEvaluation,
  EVALUATE_OPTIONS,
  type EvaluateOptions,
  evaluateDataset,
} from './datasets/evaluate-dataset.ts';
export { FILES_OPTIONS, type FileAt, type FilesOptions, filesDataset } from './datasets/files-dataset.ts';
export { imageDataset, imageFolder } from './datasets/image-folder.ts';
export { DATASET_OPTIONS, type DatasetOptions, imageTable } from './datasets/image-table.ts';
export {
  type DatasetSplits,
  SPLIT_OPTIONS,
  type SplitOptions,
  splitDataset,
} from './datasets/split-dataset.ts';
export { splitFeatures } from './datasets/split-features.ts';
export { headInput, type LearnableFeatures, takeFeatures } from './datasets/take-features.ts';
export { AutoBackbone, AutoModel, AutoModelForImageClassification } from './families/auto.ts';
export {
  type CompilePretrainedOptions,
  compilePretrained,
  type LoadableClass,
} from './families/compile-pretrained.ts';
export {
  CLASSIFIER_FEATURES_OPTIONS,
  type ClassifierFeaturesOptions,
  classifierToModel,
  type LinearScores,
} from './families/dinov2/classifier-to-model.ts';
export { Dinov2Backbone } from './families/dinov2/dinov2-backbone.ts';
export { Dinov2Config } from './families/dinov2/dinov2-config.ts';
export type {
  Dinov2ConfigFields,
  Dinov2ModelType,
  PositionInterpolation,
} from './families/dinov2/dinov2-fields.ts';
export {
  type ClassifierForwardOptions,
  Dinov2ForImageClassification,
} from './families/dinov2/dinov2-for-image-classification.ts';
export { Dinov2Model } from './families/dinov2/dinov2-model.ts';
export type { ClassifierLoadOptions, LoadOptions } from './families/dinov2/load-options.ts';
export { PRESET_NAMES, type PresetName, presetConfig } from './families/dinov2/presets.ts';
export {
  type AnyModel,
  ARCHITECTURES,
  type Architecture,
  KEY_SCHEME_DESCRIPTIONS,
} from './families/families.ts';
export { parseConfig } from './families/parse-config.ts';
export {
  type GradientOptions,
  type ValueAndGradients,
  valueAndGradients,
} from './gradients/value-and-gradients.ts';
export { ImageClassifierOutput } from './heads/linear/image-classifier-output.ts';
export { BUILT_IN_LABELS, type BuiltInLabels, builtInLabels, parseLabels } from './labels/labels.ts';
export {
  type ClassificationQuality,
  type ClassQuality,
  evaluateClassification,
  topAccuracy,
} from './learning/evaluate-classification.ts';
export { evaluateMultiLabel, type MultiLabelQuality } from './learning/evaluate-multi-label.ts';
export { evaluateRegression, type RegressionQuality } from './learning/evaluate-regression.ts';
export { fewShot } from './learning/few-shot.ts';
export {
  fitKnn,
  KNN_OPTIONS,
  KnnClassifier,
  type KnnOptions,
  type Neighbours,
} from './learning/knn.ts';
export { type LabelledFeatures, takeRows } from './learning/labelled-features.ts';
export { LinearClassifier } from './learning/linear-classifier.ts';
export {
  fitLinearProbe,
  type LinearProbe,
  PROBE_OPTIONS,
  type ProbeHead,
  type ProbeOptions,
} from './learning/linear-probe.ts';
export {
  fitLogisticRegression,
  LOGISTIC_OPTIONS,
  type LogisticOptions,
  LogisticRegression,
} from './learning/logistic-regression.ts';
export {
  type LogisticSweep,
  META_STRENGTHS,
  SWEEP_OPTIONS,
  type SweepOptions,
  sweepLogisticRegression,
} from './learning/logistic-sweep.ts';
export { NearestMean } from './learning/nearest-mean.ts';
export type { ProbeFeatures, ProbeInput } from './learning/probe-features.ts';
export { HEAD_OPTIONS, type HeadOptions } from './loading/attach-head.ts';
export type { InitialiseOptions } from './loading/initialise-model.ts';
export { NEW_HEAD_OPTIONS, type NewHeadOptions } from './loading/new-head.ts';
export { PRECISION_OPTIONS, type PrecisionOptions } from './loading/precision.ts';
export type { ForwardOptions, MaskedForwardOptions } from './model/forward-options.ts';
export type { ImageSize, ProblemType } from './model/model-config.ts';
export { BackboneOutput, Dinov2ModelOutput, ModelOutput } from './model/outputs.ts';
export type { TrainableParts } from './model/trainable-names.ts';
export { type Comparison, compareValues } from './parity/compare.ts';
export type { Agreement } from './parity/precisions/agreement.ts';
export { PRECISION_BARS } from './parity/precisions/bars.ts';
export {
  COMPARE_PRECISIONS_OPTIONS,
  type ComparePrecisionsOptions,
  comparePrecisions,
} from './parity/precisions/compare-precisions.ts';
export type { NeighbourAgreement } from './parity/precisions/neighbours.ts';
export type { PrecisionLoader } from './parity/precisions/precision-loader.ts';
export type {
  PrecisionComparison,
  PrecisionFootprint,
  PrecisionReport,
} from './parity/precisions/precision-report.ts';
export type { RoundedPrecision } from './parity/precisions/rounded-precision.ts';
export {
  REFERENCE_FORMAT,
  type ReadReferenceOptions,
  type Reference,
  type ReferenceSource,
  readReference,
} from './parity/reference.ts';
export {
  loadForReference,
  VERIFY_OPTIONS,
  type VerifiedTensor,
  type VerifyOptions,
  verifyReference,
} from './parity/verify.ts';
export { headFile } from './saving/head-file.ts';
export { modelDigest } from './saving/model-digest.ts';
export {
  pretrainedFiles,
  requireFreeFolder,
  SAVE_OPTIONS,
  type SavedFolder,
  type SaveOptions,
  savePretrained,
} from './saving/save-pretrained.ts';
export { SAVED_FILES_OPTIONS, type SavedFilesOptions } from './saving/saved-model.ts';
export { CLASSIFY_OPTIONS, type Classification, type ClassifyOptions, classify } from './tasks/classify.ts';
export {
  type ClassifyImagesOptions,
  classifyImages,
  type ImageClassification,
} from './tasks/classify-images.ts';
export { EMBED_OPTIONS, type EmbedOptions, embed, type Pooling } from './tasks/embed.ts';
export { type EmbedImagesOptions, embedImages, type ImageEmbedding } from './tasks/embed-images.ts';
export type { Images, OfImage } from './tasks/image-batches.ts';
export { IMAGES_OPTIONS, type ImagesOptions } from './tasks/over-images.ts';
export { readFloat32 } from './tasks/read-tensor.ts';
export { AdamW, type AdamWOptions } from './training/adamw.ts';
export { estimateTraining, type TrainingEstimate } from './training/estimate.ts';
export type { Evaluation } from './training/evaluation.ts';
export { SCHEDULES, type Schedule } from './training/learning-rate.ts';
export { addLora } from './training/lora/add-lora.ts';
export { loadLora } from './training/lora/load-lora.ts';
export type { LoraAdapters } from './training/lora/lora-adapters.ts';
export { loraFiles, SAVE_LORA_OPTIONS, type SaveLoraOptions, saveLora } from './training/lora/lora-files.ts';
export { LORA_OPTIONS, type LoraOptions } from './training/lora/lora-options.ts';
export type { Optimiser, OptimiserOptions } from './training/optimiser.ts';
export { isDecayed, layerRate } from './training/parameter-groups.ts';
export { SGD, type SgdOptions } from './training/sgd.ts';
export { type TrainingResult, train } from './training/train.ts';
export { LEARNING_OPTIONS, type Metric, TRAIN_OPTIONS, type TrainOptions } from './training/train-options.ts';
export type { EvaluationRow, StepProgress, StepRow } from './training/training-log.ts';
export type { TrainingEnd } from './training/training-run.ts';
export {
  type AttentionMaps,
  type AttentionMapsOptions,
  attentionMaps,
  headMaps,
} from './visual/attention/attention-maps.ts';
export {
  ATTENTION_OPTIONS,
  type AttentionHeads,
  HEADS_OPTIONS,
  ROLLOUT_OPTIONS,
} from './visual/attention/attention-options.ts';
export type { AttentionQuery } from './visual/attention/attention-query.ts';
export { type AttentionRolloutOptions, attentionRollout } from './visual/attention/attention-rollout.ts';
export { attentionRows } from './visual/attention/attention-rows.ts';
export type { HeadFusion, RolloutSettings } from './visual/attention/rollout.ts';
export { RolloutMatrix } from './visual/attention/rollout-matrix.ts';
export type { AttentionScale } from './visual/attention/scale-map.ts';
export { ClusterCentres } from './visual/clusters/cluster-centres.ts';
export { type Clusters, K_MEANS_OPTIONS, type KMeansOptions, kMeans } from './visual/clusters/k-means.ts';
export { enlargedView } from './visual/enlarged-view.ts';
export { ImageView } from './visual/image-view.ts';
export type { PatchMatrices } from './visual/matrix-passes.ts';
export {
  ARTEFACTS_OPTIONS,
  type ArtefactsOptions,
  artefacts,
  artefactThreshold,
} from './visual/norms/artefacts.ts';
export { tokenNorms } from './visual/norms/token-norms.ts';
export {
  type OfView,
  overViews,
  VIEWS_OPTIONS,
  type ViewsOptions,
  type ViewsTask,
} from './visual/over-views.ts';
export { fillPadding, imagePatches } from './visual/padding.ts';
export {
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type PatchFeaturesOptions,
  patchFeatures,
} from './visual/patch-features.ts';
export type { PatchLayout, PatchMatrix } from './visual/patch-matrix.ts';
export { fitPca } from './visual/pca/fit-pca.ts';
export { FIT_PCA_OPTIONS, type FitPcaOptions } from './visual/pca/fit-pca-options.ts';
export type { Foreground } from './visual/pca/foreground.ts';
export type { GivenForeground } from './visual/pca/given-foreground.ts';
export { PcaBasis } from './visual/pca/pca-basis.ts';
export type { PcaParts } from './visual/pca/pca-parts.ts';
export type { PrincipalComponents } from './visual/pca/principal-components.ts';
export type { PlacedFeatures } from './visual/placed-features.ts';
export {
  DRAW_MATCHES_OPTIONS,
  type DrawMatchesOptions,
  drawMatches,
} from './visual/similarity/draw-matches.ts';
export {
  MATCH_OPTIONS,
  type MatchForeground,
  type MatchOptions,
  matchPatches,
  type PatchMatch,
} from './visual/similarity/match-patches.ts';
export { similarityMap } from './visual/similarity/similarity-map.ts';
