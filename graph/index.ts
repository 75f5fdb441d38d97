/** `dinov2-tfjs/graph`: programs as graphs; recording, reading, changing, writing and running them. */
import '../platform/lend-require.ts';

export * from '../ops/operation.ts';
export * from '../shapes/batch-dimension.ts';
export type { ArrayInput } from './engines/array-input.ts';
export { type CompileOptions, compile } from './engines/compile.ts';
export { CompiledGraph } from './engines/compiled-graph.ts';
export { CompiledModel } from './engines/compiled-model.ts';
export {
  type ExecutionProvider,
  ONNX_RUNTIME_OPTIONS,
  type OnnxRuntime,
  type OnnxRuntimeOptions,
} from './engines/onnx-runtime.ts';
export type { Runnable } from './engines/runnable.ts';
export * from './ir/graph.ts';
export { encodeBytes } from './onnx/encode-model.ts';
export { type LowerOptions, lowerGraph } from './onnx/lower-graph.ts';
export type { OnnxModel } from './onnx/onnx-model.ts';
export { optimise } from './passes/optimise.ts';
export type { NamedTensors, Program } from './record/record.ts';
export { type GraphSummary, summarise } from './summary.ts';
export { type ExportOnnxOptions, exportOnnx, type OnnxExport } from './tracing/export-onnx.ts';
export { type Example, type TraceOptions, type TraceProgramOptions, trace } from './tracing/trace.ts';
export { TracedGraph } from './tracing/traced-graph.ts';
