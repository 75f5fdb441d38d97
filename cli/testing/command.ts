/** The built command, as a user runs it; `npm test` builds it first. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The script that Node runs. */
export const COMMAND = `${ROOT}dist/cli/main.js`;
/** Ten images, `zero.png` to `nine.png`. */
export const DIGITS = `${ROOT}examples/pictures/digits`;
/** Two hundred more in folders of their classes, 12 of each in `train` and 8 in `test`. */
export const CLASSES = `${ROOT}examples/pictures/digit-classes`;
/** A small classifier of them. */
export const MODEL = `${ROOT}models/digits`;
/** What PyTorch computes with it. */
export const REFERENCE = `${ROOT}conformance/fixtures/digits.safetensors`;

/** The folder the command runs in: each test file's own, removed after its tests. */
export const folder = mkdtempSync(join(tmpdir(), 'dinov2-cli-'));

// what commands keep goes with it
process.env.DINOV2_GRAPH_CACHE_DIR = join(folder, 'graphs');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command leaves. */
export interface Ended {
  status: number | null;
  out: string;
  err: string;
}

/** Runs the command to its end. */
export function dinov2(...words: string[]): Ended {
  return runNode([COMMAND, ...words]);
}

/** Runs the command to its end with bytes on its standard input. */
export function dinov2Reading(input: Uint8Array | string, ...words: string[]): Ended {
  return runNode([COMMAND, ...words], input);
}

/** What `onnxruntime-node` is to a command: see `onnxruntime.mjs`. */
export type RuntimeInPlace = 'absent' | 'web' | 'stalled' | 'strange';

/** Runs the command to its end where the package `onnxruntime-node` is absent, or is something else. */
export function dinov2OnRuntime(runtime: RuntimeInPlace, ...words: string[]): Ended {
  return runNode([...onRuntime(runtime), COMMAND, ...words]);
}

function onRuntime(runtime: RuntimeInPlace): string[] {
  return ['--import', new URL(`onnxruntime.mjs?${runtime}`, import.meta.url).href];
}

/** What a command leaves that ran among others. */
interface EndedAmong extends Ended {
  /** what is in the folder then */
  left: string[];
}

/**
 * Runs commands one after the other in one process, which loads the package once; not for what is of a whole process, such as `--quiet`.
 *
 * @param options `apart`: each in a new folder; `runtime`: as for `dinov2OnRuntime`
 */
export function dinov2Each(
  commands: readonly (readonly string[])[],
  { apart = false, runtime }: { apart?: boolean; runtime?: RuntimeInPlace } = {},
): EndedAmong[] {
  const before = runtime === undefined ? [] : onRuntime(runtime);
  return endsOf(runNode([...before, ...wordsOfEach(commands), ...(apart ? ['apart'] : [])]));
}

/** As `dinov2Each`, while this process goes on, such as with a server that the commands ask. */
export async function dinov2EachBeside(
  commands: readonly (readonly string[])[],
  env: NodeJS.ProcessEnv,
): Promise<EndedAmong[]> {
  return endsOf(await ended(spawn(process.execPath, wordsOfEach(commands), { cwd: folder, env })));
}

function wordsOfEach(commands: readonly (readonly string[])[]): string[] {
  return [fileURLToPath(new URL('each.mjs', import.meta.url)), COMMAND, JSON.stringify(commands)];
}

function endsOf({ out, err }: Ended): EndedAmong[] {
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function runNode(words: string[], input: Uint8Array | string = ''): Ended {
  const settings = { encoding: 'utf8', cwd: folder, input } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, words, settings);
  return { status, out: stdout, err: stderr };
}

/** Starts the command and leaves it running. */
export function startDinov2(
  words: string[],
  env = process.env,
  runtime?: RuntimeInPlace,
): ChildProcessWithoutNullStreams {
  const before = runtime === undefined ? [] : onRuntime(runtime);
  return spawn(process.execPath, [...before, COMMAND, ...words], { cwd: folder, env });
}

/** What a command that was started leaves at its end. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let out = '';
  let err = '';
  child.stdout.on('data', (part) => {
    out += part;
  });
  child.stderr.on('data', (part) => {
    err += part;
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, out, err };
}
