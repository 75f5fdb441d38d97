/** The model that is loaded, its image processor, and its classifier where it has one. */
import {
  BitImageProcessor,
  DINOV2_PROCESSOR,
  Dinov2ForImageClassification,
  Dinov2Model,
  type DownloadProgress,
  inspect,
  type ModelSource,
} from '../../lib/index.ts';
import { modelNameOf } from '../model-name.ts';
import type { Calls, ModelChoice, ModelFacts } from '../protocol.ts';
import type { Context } from './context.ts';
import { inTurn } from './in-turn.ts';

interface Loaded {
  readonly source: ModelSource;
  readonly model: Dinov2Model;
  readonly processor: BitImageProcessor;
  readonly labels: number;
  classifier?: Promise<Dinov2ForImageClassification>;
}

let loaded: Loaded | undefined;

/** @throws Error where none is loaded */
export function currentModel(): Pick<Loaded, 'model' | 'processor'> {
  if (loaded === undefined) throw new Error('No model is loaded; choose one first.');
  return loaded;
}

/** The classifier of the model's checkpoint, which is read when it is first wanted. */
export async function currentClassifier(
  signal: AbortSignal,
): Promise<{ model: Dinov2ForImageClassification; processor: BitImageProcessor }> {
  const current = loaded;
  if (current === undefined || current.labels === 0)
    throw new Error('The model has no classifier; choose one whose name ends in imagenet1k-1-layer.');
  current.classifier ??= Dinov2ForImageClassification.fromPretrained(current.source, { signal });
  try {
    return { model: await current.classifier, processor: current.processor };
  } catch (error) {
    delete current.classifier;
    throw error;
  }
}

/** Loads a model; the one before stays until the new one is there, so that a download that is cancelled takes nothing away. */
export async function loadModel(
  { choice }: Calls['load']['request'],
  { signal, report }: Context<'load'>,
): Promise<ModelFacts> {
  const notes: string[] = [];
  const places = { signal, onWarning: (text: string) => notes.push(text) };
  const source = await sourceOf(choice, signal);
  const { weightBytes: bytes, architecture = 'DINOv2', labels = 0 } = await inspect(source, places);
  report({ size: { bytes, architecture } });
  const processor = await BitImageProcessor.fromPretrained(source, {
    ...places,
    whenAbsent: () => DINOV2_PROCESSOR,
  });
  const onProgress = (download: DownloadProgress) => report({ download });
  const model = await Dinov2Model.fromPretrained(source, { ...places, onProgress });
  await inTurn(async () => {
    await unload();
    loaded = { source, model, processor, labels };
  });
  const { config } = model;
  return {
    name: modelNameOf(choice),
    isBundled: choice.kind === 'bundled',
    bytes,
    architecture,
    labels,
    layers: config.numHiddenLayers,
    heads: config.numAttentionHeads,
    hiddenSize: config.hiddenSize,
    registers: config.numRegisterTokens,
    patchSize: sideOf(config.patchSize),
    imageSize: sideOf(config.imageSize),
    notes: [...model.warnings, ...notes],
  };
}

async function unload(): Promise<void> {
  const { model, classifier } = loaded ?? {};
  loaded = undefined;
  model?.dispose();
  (await classifier?.catch(() => undefined))?.dispose();
}

async function sourceOf(choice: ModelChoice, signal: AbortSignal): Promise<ModelSource> {
  if (choice.kind === 'address') return choice.address;
  if (choice.kind === 'files') return choice.files;
  const files = Object.entries(choice.files).map(async ([name, url]) => {
    const answer = await fetch(url, { signal });
    if (!answer.ok)
      throw new Error(`The bundled model is missing from this site: ${url} says ${answer.status}.`);
    return [name, await answer.blob()] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}

function sideOf(size: number | readonly [number, number]): number {
  return typeof size === 'number' ? size : Math.min(...size);
}
