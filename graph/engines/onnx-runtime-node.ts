/** ONNX Runtime in Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../errors/code-of.ts';
import { DeviceError, SourceError } from '../../errors/errors.ts';
import { importPackage, reasonAgainst } from '../../platform/import-package-node.ts';
import type { OnnxModel } from '../onnx/onnx-model.ts';
import { writeOnnx } from '../onnx/write-onnx-node.ts';
import { isOnnxRuntime, type OnnxRuntime, type OrtSession, type OrtSessionOptions } from './onnx-runtime.ts';

const PACKAGE = 'onnxruntime-node';

/** Files that may appear in a folder while it is removed, and more than there are. */
const ATTEMPTS = 10;

/** Folders of models that are being opened. */
const folders = new Set<string>();

/**
 * The package `onnxruntime-node`, which is loaded at the first call.
 *
 * Its telemetry, which in version 1.30 writes files to the system's temporary folder, is switched off unless the
 * environment says otherwise (`ORT_DISABLE_TELEMETRY`).
 *
 * @throws DeviceError if it is not installed, or can't be loaded
 */
export async function importOnnxRuntime(): Promise<OnnxRuntime> {
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    const found = await importPackage(PACKAGE);
    const runtime = 'default' in found ? found.default : found;
    if (isOnnxRuntime(runtime)) return runtime;
  } catch (error) {
    throw unusable(reasonAgainst(error), error);
  }
  throw unusable('one without InferenceSession and Tensor');
}

function unusable(got: string, cause?: unknown): DeviceError {
  return new DeviceError(
    `onnxruntime: expected the package ${PACKAGE}, got ${got}; install it: npm install ${PACKAGE}`,
    { cause },
  );
}

/** Removes at once what `openSessionByFiles` has not yet removed: for programs that are about to be ended. */
export function removeTemporaryModels(): void {
  for (const folder of folders) removeWhileWritten(folder);
}

/** A file that another thread opens meanwhile keeps its folder from going, and is found the next time; no folder, no more files. */
function removeWhileWritten(folder: string): void {
  for (let left = ATTEMPTS; left > 0; left--) {
    try {
      rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (left === 1 || codeOf(error) !== 'ENOTEMPTY') throw error;
    }
  }
}

/**
 * Makes a session of a model by way of files in the system's folder for temporary ones, which are gone afterwards: the
 * weights are in memory once, ONNX Runtime's way, and may be more than 2 GB.
 *
 * @throws SourceError if they can't be written; what ONNX Runtime throws
 */
export async function openSessionByFiles(
  runtime: OnnxRuntime,
  model: OnnxModel,
  options: OrtSessionOptions,
): Promise<OrtSession> {
  const folder = makeFolder();
  try {
    const path = join(folder, 'model.onnx');
    await writeModel(model, path);
    return await runtime.InferenceSession.create(path, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
    folders.delete(folder);
  }
}

/**
 * Writes a model, with its weights beside it, where ONNX Runtime maps them into memory.
 *
 * @throws SourceError if that fails
 */
export async function writeModel(model: OnnxModel, path: string): Promise<void> {
  await writeOnnx(model, path, { externalData: true });
}

/** In one step, so that no signal comes between the folder and its place among those to remove. */
function makeFolder(): string {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'dinov2-onnx-'));
    folders.add(folder);
    return folder;
  } catch (error) {
    throw new SourceError(
      `${tmpdir()}: expected a folder for temporary files, got ${codeOf(error) ?? error}; let TMPDIR name one that can be written to`,
      { cause: error },
    );
  }
}
