/** The folder of a training: checkpoints while it goes on, and the model at its end. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { tensor } from '@tensorflow/tfjs-core';
import { codeOf } from '../../errors/code-of.ts';
import { Dinov2Error, SourceError } from '../../errors/errors.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import { assign } from '../../ops/assign.ts';
import { makeFolders } from '../../platform/make-folders-node.ts';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { widen } from '../../weights/widen.ts';
import { float32ToWrite, safetensorsParts } from '../../weights/write/encode-safetensors.ts';
import { writeBytes } from '../../weights/write/file-sink-node.ts';
import { OWN_FILES } from '../../weights/write/write-folder-node.ts';
import { explained, writeWhole } from '../../weights/write/write-whole-node.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { savePretrained } from '../saving/save-pretrained.ts';
import type { LoraAdapters } from './lora/lora-adapters.ts';
import { LORA_WEIGHTS_FILE, loraFiles, loraNames, saveLora } from './lora/lora-files.ts';
import type { Values } from './optimiser.ts';
import { stateFromJson, type TrainingState } from './training-state.ts';

const CHECKPOINT = /^checkpoint-(\d+)$/;
/** What is left of a checkpoint whose writing or removal was cut off. */
const REMAINS = /^\.+checkpoint-\d+\./;
const OPTIMISER = 'optimizer.safetensors';
const STATE = 'training.json';

/** What a checkpoint is made of. */
export interface CheckpointParts {
  readonly model: Dinov2ForImageClassification;
  readonly processor: BitImageProcessor;
  /** what is trained instead of the model, and kept in its place */
  readonly adapters: LoraAdapters | undefined;
  readonly optimiser: ReadonlyMap<string, Values>;
  /** texts of `training.json` and `trainer_state.json` */
  readonly files: Readonly<Record<string, string>>;
}

/** A folder with checkpoints in it. */
export class TrainingFolder {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder, or takes one that is there.
   *
   * @param resume whether what is in it is to be gone on with
   * @param overwrite whether checkpoints in it are to be removed
   * @throws SourceError if there is a model or a checkpoint in it, and neither holds; if the file system fails
   */
  static async open(path: string, resume: boolean, overwrite: boolean): Promise<TrainingFolder> {
    const folder = new TrainingFolder(path);
    try {
      makeFolders(path);
      const entries = await readdir(path);
      const found = entries.find((name) => CHECKPOINT.test(name) || OWN_FILES.test(name));
      if (found !== undefined && !resume && !overwrite) {
        throw new SourceError(
          `${path}: expected a folder without a model, got one with ${found}; choose another, or resume (--resume) or overwrite it (--overwrite)`,
        );
      }
      const gone = entries.filter((name) => REMAINS.test(name) || (!resume && CHECKPOINT.test(name)));
      for (const name of gone) await folder.remove(name);
    } catch (error) {
      throw explained(path, error);
    }
    return folder;
  }

  /**
   * Writes a checkpoint, which appears when it is whole, and then removes old ones.
   *
   * @param limit how many are kept: the last ones, with the best among them
   * @param best the step of the best
   * @throws SourceError if the file system fails; the checkpoints that were there are there still then
   */
  async save(step: number, parts: CheckpointParts, limit: number, best: number | undefined): Promise<void> {
    const target = join(this.path, `checkpoint-${step}`);
    const { model, processor, adapters, optimiser, files } = parts;
    const kept = [...optimiser].map(([name, { shape, data }]) => float32ToWrite(name, shape, data));
    kept.sort((a, b) => (a.name < b.name ? -1 : 1));
    // the same step again, of a run that was cut off between writing and removing
    await this.remove(`checkpoint-${step}`);
    await writeWhole(target, {}, async (folder) => {
      if (adapters === undefined) await savePretrained(model, folder, { processor, files });
      else await writeAdapters(folder, { ...(await loraFiles(adapters)), ...files });
      await writeBytes(join(folder, OPTIMISER), safetensorsParts(kept, { format: 'pt' }));
    });
    const steps = (await this.steps()).filter((each) => each !== step && each !== best);
    const others = limit - (best === undefined || best === step ? 1 : 2);
    for (const old of steps.slice(0, Math.max(0, steps.length - Math.max(0, others)))) {
      await this.remove(`checkpoint-${old}`);
    }
  }

  /**
   * The last checkpoint; undefined if there is none.
   *
   * @throws SourceError if it is none of this library
   */
  async last(): Promise<TrainingState | undefined> {
    const step = (await this.steps()).at(-1);
    if (step === undefined) return undefined;
    const folder = join(this.path, `checkpoint-${step}`);
    try {
      const state = stateFromJson(folder, step, JSON.parse(await readFile(join(folder, STATE), 'utf8')));
      const optimiser = await readValues(join(folder, OPTIMISER));
      const steps = [...optimiser].flatMap(([name, { data }]) => (name.startsWith('step.') ? [...data] : []));
      if (steps.length > 0 && steps.every((each) => each >= 1 && each <= step) && steps.includes(step))
        return { ...state, optimiser };
      throw new SourceError(
        `${folder}: expected ${step} steps in ${OPTIMISER}, got those of another; remove this checkpoint`,
      );
    } catch (error) {
      if (error instanceof Dinov2Error) throw error;
      const got = error instanceof SyntaxError ? error.message : String(codeOf(error) ?? error);
      throw new SourceError(
        `${folder}: expected ${STATE} and ${OPTIMISER}, got ${got}; remove this checkpoint`,
        {
          cause: error,
        },
      );
    }
  }

  /**
   * Gives a model the weights of a checkpoint, or the adapters on it those of theirs.
   *
   * @param names which of them, by our names
   * @throws what loading throws
   */
  async load(
    step: number,
    { model, adapters }: Pick<CheckpointParts, 'model' | 'adapters'>,
    names: Iterable<string>,
  ): Promise<void> {
    const source = join(this.path, `checkpoint-${step}`);
    if (adapters !== undefined) return loadAdapters(join(source, LORA_WEIGHTS_FILE), adapters);
    const saved = await Dinov2ForImageClassification.fromPretrained(source);
    try {
      for (const name of names) {
        const [from, to] = [saved.parameters.get(name), model.parameters.get(name)];
        if (from !== undefined && to !== undefined) assign(to, from);
      }
    } finally {
      saved.dispose();
    }
  }

  /** Writes the model that is the result, beside the checkpoints. */
  async finish({ model, processor, files }: Omit<CheckpointParts, 'optimiser' | 'adapters'>): Promise<void> {
    await savePretrained(model, this.path, { processor, files, overwrite: true });
  }

  /** Writes the adapters that are the result, where such were trained, in a folder of their own. */
  async finishAdapters(adapters: LoraAdapters | undefined): Promise<void> {
    if (adapters !== undefined) await saveLora(adapters, join(this.path, 'adapter'), { overwrite: true });
  }

  /** The steps of all checkpoints, from the first to the last. */
  private async steps(): Promise<number[]> {
    const steps = (await readdir(this.path)).map((name) => Number(CHECKPOINT.exec(name)?.[1] ?? Number.NaN));
    return steps.filter((step) => !Number.isNaN(step)).sort((a, b) => a - b);
  }

  /** Removes something, which first loses the name under which it could be taken for whole. */
  private async remove(name: string): Promise<void> {
    const aside = join(this.path, name.startsWith('.') ? name : `.${name}.removed`);
    const path = join(this.path, name);
    if (aside !== path) {
      await rm(aside, { recursive: true, force: true });
      const found = await rename(path, aside).then(
        () => true,
        () => false,
      );
      if (!found) return;
    }
    await rm(aside, { recursive: true, force: true });
  }
}

/** A digest of the names and the labels of a dataset, by which it is known again. */
export function digestOf({ items, classes }: Dataset): string {
  const hash = createHash('sha256').update(JSON.stringify(classes));
  for (const { name, label } of items) hash.update(JSON.stringify([name, label]));
  return hash.digest('hex');
}

async function writeAdapters(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  await mkdir(folder);
  for (const [name, content] of Object.entries(files)) await writeBytes(join(folder, name), content);
}

async function loadAdapters(path: string, adapters: LoraAdapters): Promise<void> {
  const values = await readValues(path);
  for (const [name, ours] of loraNames(adapters)) {
    const [found, parameter] = [values.get(name), adapters.model.parameters.get(ours)];
    if (found === undefined || String(found.shape) !== String(parameter?.shape)) {
      throw new SourceError(
        `${path}: expected ${name} of shape [${parameter?.shape}], got ${found === undefined ? 'none' : `[${found.shape}]`}; remove this checkpoint`,
      );
    }
    if (parameter === undefined) continue;
    const given = tensor(found.data, [...found.shape]);
    assign(parameter, given);
    given.dispose();
  }
}

async function readValues(path: string): Promise<Map<string, Values>> {
  const file = await openSafetensors(memorySource(new Uint8Array(await readFile(path))), path);
  const values = new Map<string, Values>();
  for (const [name, { shape, dtype }] of file.tensors) {
    values.set(name, { data: widen(await file.read(name), dtype), shape });
  }
  return values;
}
