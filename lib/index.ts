/** DINOv2 in TypeScript on TensorFlow.js: everything a user of the package imports. */

export type { DeviceOptions } from '../backends/device.ts';
export { DEVICES, type Device, setDevice } from '../backends/devices.ts';
export * from '../errors/errors.ts';
export { decodeImage } from '../images/decode-image.ts';
export { DINOV2_PROCESSOR, type ProcessorConfig } from '../images/processor-config.ts';
export type { RawImage, RgbaImage } from '../images/raw-image.ts';
export type { ProcessorBackend } from '../images/resize.ts';
export type { GraphSummary } from '../trace/graph/summary.ts';
export type { DownloadProgress } from '../weights/download-progress.ts';
export type { FilesInMemory, RepositoryOptions } from '../weights/repositories/repository.ts';
export type { WeightsOptions } from '../weights/weights-options.ts';
export type { ImageSize, ProblemType } from './configuration/config-fields.ts';
export { Dinov2Config } from './configuration/dinov2-config.ts';
export type {
  Dinov2ConfigFields,
  Dinov2ModelType,
  PositionInterpolation,
} from './configuration/dinov2-config-fields.ts';
export { BUILT_IN_LABELS, type BuiltInLabels, builtInLabels, parseLabels } from './configuration/labels.ts';
export { PRESET_NAMES, type PresetName, presetConfig } from './configuration/presets.ts';
export {
  CONVERSION_DTYPES,
  type Conversion,
  type ConversionDtype,
  type ConvertOptions,
  convert,
} from './conversion/convert.ts';
export {
  type ConvertToOnnxOptions,
  convertToOnnx,
  type OnnxConversion,
} from './conversion/convert-to-onnx.ts';
export type { ArrayInput } from './engines/array-input.ts';
export { type CompileGraphOptions, type CompileOptions, compile } from './engines/compile.ts';
export { CompiledGraph } from './engines/compiled-graph.ts';
export { CompiledModel } from './engines/compiled-model.ts';
export type { ExecutionProvider, OnnxRuntime } from './engines/onnx-runtime.ts';
export type { OnnxRuntimeOptions } from './engines/onnx-runtime-engine.ts';
export type { Runnable } from './engines/runnable.ts';
export type { AddressOptions } from './image-inputs/address.ts';
export type { DrawnImage } from './image-inputs/drawn-image.ts';
export type { PixelRange } from './image-inputs/eight-bits.ts';
export type { ImageInput } from './image-inputs/image-input.ts';
export type { ImageTensor } from './image-inputs/image-tensor.ts';
export type { PixelImage } from './image-inputs/pixel-image.ts';
export type { SharpImage } from './image-inputs/sharp-image.ts';
export {
  AutoImageProcessor,
  BitImageProcessor,
  type Pixels,
  type ProcessorOptions,
} from './image-processor.ts';
export type { HeadOptions } from './loading/attach-head.ts';
export type { InitialiseOptions } from './loading/initialise-model.ts';
export type { ClassifierLoadOptions, LoadOptions } from './loading/load-model.ts';
export type { ModelSource } from './loading/model-source.ts';
export { AutoBackbone, AutoModel, AutoModelForImageClassification } from './models/auto.ts';
export { Dinov2Backbone } from './models/dinov2-backbone.ts';
export {
  type ClassifierForwardOptions,
  Dinov2ForImageClassification,
} from './models/dinov2-for-image-classification.ts';
export { Dinov2Model } from './models/dinov2-model.ts';
export type { ForwardOptions, MaskedForwardOptions, PixelValues } from './models/forward-options.ts';
export { BackboneOutput, Dinov2ModelOutput, ImageClassifierOutput, ModelOutput } from './models/outputs.ts';
export { type Comparison, compareValues } from './parity/compare.ts';
export { type Reference, readReference } from './parity/reference.ts';
export { loadForReference, type VerifyOptions, verifyReference } from './parity/verify.ts';
export { type Classification, type ClassifyOptions, classify } from './tasks/classify.ts';
export { type EmbedOptions, embed, type Pooling } from './tasks/embed.ts';
export { readFloat32 } from './tasks/read-tensor.ts';
export { type ExportOnnxOptions, exportOnnx, type OnnxExport } from './tracing/export-onnx.ts';
export { type Example, type TraceOptions, type TraceProgramOptions, trace } from './tracing/trace.ts';
export { TracedGraph } from './tracing/traced-graph.ts';
