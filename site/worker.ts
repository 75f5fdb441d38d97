/** The worker: carries out requests, one that computes at a time, and tells what each took. */
import { attentionOf, seenImage } from './compute/attention.ts';
import { drawColours, fitColouring, openBasis, saveBasis } from './compute/colourings/fitted-colouring.ts';
import type { Context } from './compute/context.ts';
import { deviceFacts } from './compute/device.ts';
import { inTurn } from './compute/in-turn.ts';
import { forgetModel, keptModels } from './compute/kept.ts';
import { imageLabels } from './compute/labels.ts';
import { libraryTime } from './compute/library-time.ts';
import { liveFrame } from './compute/live.ts';
import { loadModel } from './compute/loaded-model.ts';
import { matchesOf } from './compute/matches.ts';
import { computingBytes } from './compute/memory.ts';
import { laidOver } from './compute/overlay.ts';
import { saveFeatures } from './compute/save-features.ts';
import { similarTo } from './compute/similarity.ts';
import { thumbnail } from './compute/thumbnail.ts';
import { ASIDE, type CallName, type Calls, type ToPage, type ToWorker } from './protocol.ts';

type Handlers = {
  readonly [Name in CallName]: (
    request: Calls[Name]['request'],
    context: Context<Name>,
  ) => Promise<Calls[Name]['result']>;
};

const HANDLERS: Handlers = {
  device: deviceFacts,
  load: loadModel,
  kept: keptModels,
  forget: forgetModel,
  thumbnail,
  fit: fitColouring,
  draw: drawColours,
  saveBasis,
  openBasis,
  features: saveFeatures,
  seen: seenImage,
  attention: attentionOf,
  similarity: similarTo,
  matches: matchesOf,
  laidOver,
  frame: liveFrame,
  labels: imageLabels,
};

const underway = new Map<number, AbortController>();

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  if (data.call === 'cancel') {
    underway.get(data.id)?.abort();
    return;
  }
  const { id, call, request } = data;
  const controller = new AbortController();
  underway.set(id, controller);
  try {
    const report = (progress: unknown) => send({ id, kind: 'progress', progress });
    // the type of the request goes with its name, which TypeScript does not follow through the table
    const handle = HANDLERS[call] as (request: unknown, context: Context<never>) => Promise<unknown>;
    const timed = async (): Promise<ToPage> => {
      const start = performance.now();
      const before = libraryTime.spent;
      const result = await handle(request, { signal: controller.signal, report });
      const library = libraryTime.spent - before;
      const cost = { took: performance.now() - start, library, memory: computingBytes() };
      return { id, kind: 'done', result, cost };
    };
    send(await (ASIDE.has(call) ? timed() : inTurn(timed)));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ id, kind: 'failed', name, message });
  } finally {
    underway.delete(id);
  }
};

function send(message: ToPage): void {
  self.postMessage(message);
}
