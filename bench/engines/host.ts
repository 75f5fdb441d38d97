/**
 * The process of an engine that runs in Node: carries out requests from standard input, one after the other.
 *
 * Usage: node host.js ENGINE
 */
import { readFileSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Done, Reply, Request } from '../protocol.ts';
import { compareOutput } from './compare-output.ts';
import type { Embed, Engine, PrepareKernel } from './engine.ts';
import { peakBytes } from './peak-bytes.ts';
import { probe } from './probe.ts';

const REPLIES = 3;
const [name = ''] = process.argv.slice(2);
let engine: Engine | undefined;
let embed: Embed | undefined;
let input: PixelValues | undefined;
let output: Float32Array | undefined;
let kernel: (() => Promise<void> | void) | undefined;

function bytesOf(path: string): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

async function importEngine(): Promise<Engine> {
  const module: { default: Engine } = await import(`./${name}.js`);
  return module.default;
}

async function carryOut(request: Request): Promise<Omit<Done, 'seconds'>> {
  switch (request.do) {
    case 'load':
      engine = await importEngine();
      await engine.load(request.folder, request.threads, request.image);
      return { version: engine.version };
    case 'input':
      input = { data: new Float32Array(bytesOf(request.path)), shape: request.shape };
      return {};
    case 'run':
      if (engine === undefined || input === undefined) throw new Error('bench: load and input come first');
      output = await engine.run(input);
      return {};
    case 'open':
      engine = await importEngine();
      if (engine.openEmbedder === undefined) throw new Error('bench: this engine has no image processor');
      embed = await engine.openEmbedder(request.folder, request.threads);
      return { version: engine.version };
    case 'embed': {
      if (embed === undefined) throw new Error('bench: open comes first');
      return { values: Array.from(await embed(request.image)) };
    }
    case 'compare': {
      if (input === undefined) throw new Error('bench: input comes first');
      return compareOutput(output, new Float64Array(bytesOf(request.path)), input.shape[0], request.tokens);
    }
    case 'peak':
      return { value: peakBytes() };
    case 'prepare': {
      const module: { default: PrepareKernel } = await import(`./kernels/${name}.js`);
      kernel = await module.default(request.kernel, request.threads);
      return {};
    }
    case 'repeat':
      for (let i = 0; i < request.times; i++) await kernel?.();
      return {};
    case 'probe':
      await probe(request.turns);
      return {};
    case 'close':
      await engine?.close();
      return {};
  }
}

function reply(message: Reply): void {
  writeSync(REPLIES, `${JSON.stringify(message)}\n`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const request: Request = JSON.parse(line);
  const start = performance.now();
  try {
    const done = await carryOut(request);
    reply({ ...done, seconds: (performance.now() - start) / 1e3 });
  } catch (error) {
    reply({ error: error instanceof Error ? error.message : String(error) });
  }
  if (request.do === 'close') break;
}
process.exit();
