/** The engine a command line asks for. */
import { DeviceError, type ENGINES, findEngine, ONNX_RUNTIME_OPTIONS, OptionError } from '../lib/index.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { whenStopped } from './interruption.ts';
import { noteOnce } from './messages.ts';
import { BACKEND_OPTIONS, ENGINE_OPTIONS } from './model-options.ts';

type EngineName = (typeof ENGINES)[number];

/**
 * The engine a command line asks for, found before anything is downloaded for it; undefined for TF.js.
 *
 * `auto` is ONNX Runtime where it is installed, unless something is asked of TF.js, and says which it is.
 *
 * @throws DeviceError if it is not installed; OptionError if something is asked of another engine
 */
export async function engineOf(parsed: Parsed): Promise<EngineName | undefined> {
  const { engine } = valuesOf(ENGINE_OPTIONS, parsed);
  const { executionProviders } = valuesOf(ONNX_RUNTIME_OPTIONS, parsed);
  if (engine === 'tfjs') {
    if (executionProviders === undefined) return undefined;
    throw new OptionError('--execution-provider: expected --engine onnxruntime, got --engine tfjs');
  }
  if (engine !== 'auto') {
    await findEngine(engine);
    return engine;
  }
  const { backend } = valuesOf(BACKEND_OPTIONS, parsed);
  if (backend !== 'auto' && executionProviders === undefined) {
    noteOnce(`--engine auto: TF.js, for --backend ${backend}`);
    return undefined;
  }
  try {
    await findEngine('onnxruntime');
  } catch (error) {
    if (!(error instanceof DeviceError) || executionProviders !== undefined) throw error;
    noteOnce(`--engine auto: TF.js; ${error.message}`);
    return undefined;
  }
  noteOnce('--engine auto: onnxruntime, which is installed');
  return 'onnxruntime';
}

/**
 * The engine, for a model that is about to be compiled: what it has not yet removed of its files when the command is ended goes
 * then.
 *
 * @throws what `engineOf` throws
 */
export async function engineToCompile(parsed: Parsed): Promise<EngineName | undefined> {
  const engine = await engineOf(parsed);
  if (engine === undefined) return undefined;
  const { removeTemporaryFiles } = await findEngine(engine);
  whenStopped(removeTemporaryFiles);
  return engine;
}
