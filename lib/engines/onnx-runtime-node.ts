/** ONNX Runtime in Node. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeviceError } from '../../errors/errors.ts';
import type { OnnxModel } from '../../trace/onnx/onnx-model.ts';
import { writeOnnx } from '../../trace/onnx/write-onnx-node.ts';
import type { OnnxRuntime, OrtSession, OrtSessionOptions } from './onnx-runtime.ts';

/** Not a literal where it is imported: the package need not be there when this one is compiled or bundled. */
const PACKAGE = 'onnxruntime-node';

/**
 * The package `onnxruntime-node`, which is loaded at the first call.
 *
 * @throws DeviceError if it is not installed, or can't be loaded
 */
export async function importOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    const found: { default?: OnnxRuntime } & OnnxRuntime = await import(PACKAGE);
    return found.default ?? found;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    const got = absent ? 'no such package' : error instanceof Error ? error.message : String(error);
    throw new DeviceError(
      `onnxruntime: expected the package ${PACKAGE}, got ${got}; install it: npm install ${PACKAGE}`,
      { cause: error },
    );
  }
}

/**
 * Makes a session of a model by way of files in the system's folder for temporary ones, which are gone afterwards: the
 * weights are in memory once, ONNX Runtime's way, and may be more than 2 GB.
 */
export async function openSessionByFiles(
  runtime: OnnxRuntime,
  model: OnnxModel,
  options: OrtSessionOptions,
): Promise<OrtSession> {
  const folder = await mkdtemp(join(tmpdir(), 'dinov2-onnx-'));
  try {
    const path = join(folder, 'model.onnx');
    await writeOnnx(model, path, { externalData: true });
    return await runtime.InferenceSession.create(path, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
