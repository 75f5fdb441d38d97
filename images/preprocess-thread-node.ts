/** What a thread of `PreprocessThreads` runs: it answers one request after the other, and reads the next file meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { Dinov2Error } from '../errors/errors.ts';
import { BitImageProcessor } from './image-processor.ts';
import { bytesAt } from './inputs/address.ts';
import type { PreprocessAnswer, PreprocessRequest } from './preprocess-threads-node.ts';

/** A request whose file may be on its way. */
interface Waiting extends PreprocessRequest {
  bytes?: Promise<Uint8Array>;
}

const processor = new BitImageProcessor(workerData.config, workerData.backend);
const waiting: Waiting[] = [];
let running = false;

function read(request: Waiting): Promise<Uint8Array> {
  const { image, name } = request;
  request.bytes ??= typeof image === 'string' ? bytesAt(image, name, {}) : Promise.resolve(image);
  // whoever asks for the bytes learns of the failure
  request.bytes.catch(() => undefined);
  return request.bytes;
}

async function answerTo(request: Waiting): Promise<PreprocessAnswer> {
  const { id, name } = request;
  try {
    const bytes = await read(request);
    const [next] = waiting;
    if (next !== undefined) read(next);
    return { id, pixelValues: (await processor.preprocess(bytes, { names: [name] })).pixelValues };
  } catch (error) {
    const kind = error instanceof Dinov2Error ? error.name : 'Error';
    return { id, kind, message: error instanceof Error ? error.message : String(error) };
  }
}

async function run(): Promise<void> {
  running = true;
  for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) {
    const answer = await answerTo(request);
    parentPort?.postMessage(
      answer,
      'pixelValues' in answer ? [answer.pixelValues.data.buffer as ArrayBuffer] : [],
    );
  }
  running = false;
}

parentPort?.on('message', (request: PreprocessRequest) => {
  waiting.push(request);
  if (!running) void run();
});
