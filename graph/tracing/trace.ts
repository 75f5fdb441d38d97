/** Recording a forward pass, once, for engines that run graphs. */
import type { DataId, Tensor } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { ProcessorConfig } from '../../images/processor-config.ts';
import type { GraphDtype } from '../../ops/operation.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import type { NamedTensors, Program } from '../record/record.ts';
import type { ProgramInput } from '../record/trace-program.ts';
import { isTraceable, type OutputOptions, type Traceable } from '../traceable.ts';
import { fromImages, PIXELS } from './image-program.ts';
import { TracedGraph } from './traced-graph.ts';

/** Something that has the shape of an input; its values don't count. */
export interface Example {
  readonly shape: readonly number[];
  /** default float32 */
  readonly dtype?: string;
}

/** How a program of one's own is traced. */
export interface TraceProgramOptions {
  /**
   * `free`: the first axis of every input that is as long as the first input's is the batch, and the graph takes batches
   * of every size; `fixed`: the graph takes what the example is. Default `free`
   */
  batch?: 'free' | 'fixed' | undefined;
  /** names of the outputs that the graph is to have, in their order; default: all that the program returns */
  outputs?: readonly string[] | undefined;
  /** whether constants are folded and operations merged; default true */
  optimise?: boolean | undefined;
}

/** How a model is traced. */
export interface TraceOptions extends TraceProgramOptions, OutputOptions {
  /** [B, N], bool by default: makes `bool_masked_pos` an input */
  boolMaskedPos?: Example | undefined;
  /** a mask as `forward` takes it: makes `attention_mask` an input */
  attentionMask?: Example | undefined;
  /**
   * whose rescaling and normalisation becomes part of the graph, which then takes `pixels` [B, H, W, 3], bytes of images
   * that have been resized and cropped; default: none, the graph takes `pixel_values` [B, C, H, W]
   */
  processor?: BitImageProcessor | undefined;
}

const PROGRAM_OPTIONS = ['batch', 'outputs', 'optimise'] as const satisfies (keyof TraceProgramOptions)[];
const MODEL_OPTIONS = [
  ...PROGRAM_OPTIONS,
  'outputHiddenStates',
  'outputAttentions',
  'boolMaskedPos',
  'attentionMask',
  'processor',
] as const satisfies (keyof TraceOptions)[];

/**
 * Records one forward pass of a model as a graph, which holds for images of the example's size.
 *
 * The program that is recorded is the model's own; nothing is computed but what depends on weights alone. PyTorch's
 * counterpart is `torch.jit.trace`.
 *
 * @param example pixel values [B, C, H, W], or anything of that shape
 * @returns inputs and outputs by the names of references: `pixel_values`, `last_hidden_state`, `pooler_output`, `logits`,
 *   `feature_maps.{stage}`, `hidden_states.{i}`, `attentions.{i}`; the model must outlive it
 * @throws ShapeError, OptionError, as `forward` does; TraceError
 */
export async function trace(model: Traceable, example: Example, options?: TraceOptions): Promise<TracedGraph>;

/**
 * Records a program of one's own: a function of tensors by name that returns tensors by name, made of ops of TF.js, of
 * this library's models and of their layers, and doing the same whatever the values are.
 *
 * @param examples something of the shape of each input, by its name
 * @throws TraceError where the program reads a value that depends on an input, or uses an op that graphs don't have
 */
export async function trace<Name extends string>(
  program: (inputs: Readonly<Record<Name, Tensor>>) => NamedTensors,
  examples: Readonly<Record<Name, Example>>,
  options?: TraceProgramOptions,
): Promise<TracedGraph>;

export async function trace(
  what: Traceable | Program,
  example: Example | Readonly<Record<string, Example>>,
  options: TraceOptions = {},
): Promise<TracedGraph> {
  if (isTraceable(what)) return traceModel(what, example as Example, options);
  if (typeof what !== 'function') {
    throw new OptionError(`trace: expected a model or a function, got ${shown(what)}`);
  }
  requireKnownOptions('trace', options, PROGRAM_OPTIONS);
  if (options.outputs !== undefined) requireNames(options.outputs);
  const examples = Object.entries(example as Readonly<Record<string, Example>>);
  const inputs = examples.map(([name, each]) => inputOf(name, each));
  if (inputs.length === 0) throw new OptionError('trace: expected at least one input, got none');
  return traced(what, inputs, options, new Map());
}

function traceModel(model: Traceable, example: Example, options: TraceOptions): Promise<TracedGraph> {
  requireKnownOptions('trace', options, MODEL_OPTIONS);
  if (options.outputs !== undefined) requireNames(options.outputs);
  const { processor, boolMaskedPos, attentionMask } = options;
  const pixels = inputOf('pixel_values', example);
  if (pixels.shape.length !== 4) {
    throw new ShapeError(`trace: expected pixel values [B, C, H, W], got [${example.shape.join(', ')}]`);
  }
  const [B, C, H, W] = dimensions(example.shape, 4, 'trace');
  const program = model.program(wantedOutputs(options));
  const inputs = [
    processor ? { ...pixels, name: PIXELS, shape: [B, H, W, C] } : pixels,
    ...(boolMaskedPos ? [inputOf('bool_masked_pos', boolMaskedPos, 'bool')] : []),
    ...(attentionMask ? [inputOf('attention_mask', attentionMask)] : []),
  ];
  return traced(
    processor ? fromImages(program, checkedProcessor(processor)) : program,
    inputs,
    options,
    parameterNames(model),
    processor && new Set([PIXELS]),
  );
}

/**
 * Refuses outputs that are no list of names.
 *
 * @throws OptionError
 */
export function requireNames(outputs: readonly string[]): void {
  const isList = Array.isArray(outputs) && outputs.every((name: unknown) => typeof name === 'string');
  if (!isList) {
    throw new OptionError(`trace: expected outputs to be a list of names, got ${shown(outputs)}`);
  }
}

function checkedProcessor({ config }: BitImageProcessor): ProcessorConfig {
  if (config === undefined) throw new OptionError('trace: expected processor to be an image processor');
  return config;
}

/** What a model's weights are called, by their data. */
export function parameterNames({ parameters }: Traceable): Map<DataId, string> {
  return new Map([...parameters].map(([name, { dataId }]) => [dataId, name]));
}

/** Names among the outputs ask for what they name. */
function wantedOutputs({ outputs, ...options }: TraceOptions): OutputOptions {
  if (outputs === undefined) return options;
  const states = outputs.flatMap((name) => /^hidden_states\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return {
    outputHiddenStates: options.outputHiddenStates ?? (states.length > 0 ? states : false),
    outputAttentions: options.outputAttentions ?? outputs.some((name) => name.startsWith('attentions.')),
  };
}

async function traced(
  program: Program,
  inputs: readonly ProgramInput[],
  options: TraceProgramOptions,
  names: ReadonlyMap<DataId, string>,
  byteInputs: ReadonlySet<string> = new Set(),
): Promise<TracedGraph> {
  const { batch = 'free', outputs } = options;
  if (batch !== 'free' && batch !== 'fixed') {
    throw new OptionError(`trace: expected batch to be free or fixed, got ${shown(batch)}`);
  }
  await ensureBackend();
  // most programs that import this library trace nothing
  const { traceProgram } = await import('../record/trace-program.ts');
  const { optimise } = await import('../passes/optimise.ts');
  const { summarise } = await import('../summary.ts');
  const selected = outputs === undefined ? program : (given: NamedTensors) => select(program(given), outputs);
  const graph = await traceProgram(selected, batch === 'free' ? withFreeBatch(inputs) : inputs, names);
  return new TracedGraph(options.optimise === false ? graph : optimise(graph), byteInputs, summarise);
}

function select(all: NamedTensors, wanted: readonly string[]): NamedTensors {
  if (wanted.length === 0) throw new OptionError('trace: expected names of outputs, got an empty list');
  return Object.fromEntries(
    wanted.map((name) => {
      const found = Object.hasOwn(all, name) ? all[name] : undefined;
      if (found === undefined) {
        throw new OptionError(
          `trace: expected outputs among ${Object.keys(all).join(', ')}, got ${shown(name)}`,
        );
      }
      return [name, found];
    }),
  );
}

function withFreeBatch(inputs: readonly ProgramInput[]): ProgramInput[] {
  const B = inputs[0]?.shape[0];
  return inputs.map((input) => {
    const [first, ...others] = input.shape;
    return first === undefined || first !== B ? input : { ...input, shape: [BATCH, ...others] };
  });
}

const DTYPES: Readonly<Record<string, GraphDtype>> = { float32: 'float32', int32: 'int32', bool: 'bool' };

function inputOf(name: string, example: Example | undefined, usual: GraphDtype = 'float32'): ProgramInput {
  const { shape, dtype = usual } = example ?? {};
  if (!isShape(shape)) {
    throw new ShapeError(`trace: expected ${name} to be something with a shape, got ${shown(example)}`);
  }
  const known = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
  if (known === undefined) {
    throw new ShapeError(`trace: expected ${name} to be float32, int32 or bool, got ${shown(dtype)}`);
  }
  return { name, shape, dtype: known };
}

function isShape(shape: unknown): shape is readonly number[] {
  return Array.isArray(shape) && shape.every((length) => Number.isSafeInteger(length) && length > 0);
}
