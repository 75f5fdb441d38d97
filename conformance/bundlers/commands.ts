/** Commands of the project that the bundlers are installed in. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ENVIRONMENT = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1', FORCE_COLOR: undefined };

/** What bundlers write before what they doubt: `WARNING in`, `[WARNING]`, `(!)`, `⚠`. */
const DOUBT = /\bwarning\b|^\(!\)|⚠/im;

const PATIENCE_MS = 60_000;

/**
 * Runs a program to its end.
 *
 * @returns its standard output
 * @throws with everything it wrote, if it fails
 */
export async function run(folder: string, [name = '', ...words]: readonly string[]): Promise<string> {
  const { stdout } = await runSaying(folder, name, words);
  return stdout;
}

/**
 * Runs a bundler.
 *
 * @throws with everything it wrote, if it fails or warns
 */
export async function runBundler(folder: string, [name = '', ...words]: readonly string[]): Promise<void> {
  const { stdout, stderr } = await runSaying(folder, commandIn(folder, name), words);
  const said = stdout + stderr;
  if (DOUBT.test(said)) throw new Error(`${name}: expected no warnings, got\n${said}`);
}

/** A server, until it is ended. */
export async function startServer(
  folder: string,
  [name = '', ...words]: readonly string[],
  address: string,
): Promise<ChildProcess> {
  // a group of its own, as servers start others
  const server = spawn(commandIn(folder, name), words, {
    cwd: folder,
    env: ENVIRONMENT,
    stdio: 'ignore',
    detached: true,
  });
  const end = performance.now() + PATIENCE_MS;
  while (!(await answers(address))) {
    if (server.exitCode !== null || performance.now() > end) {
      stopServer(server);
      throw new Error(`${name} ${words.join(' ')}: expected an answer at ${address}, got none`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return server;
}

/** Ends a server, and what it has started. */
export function stopServer({ pid, exitCode }: ChildProcess): void {
  if (pid !== undefined && exitCode === null) process.kill(-pid);
}

async function runSaying(
  folder: string,
  file: string,
  words: readonly string[],
): Promise<{ stdout: string; stderr: string }> {
  try {
    return await promisify(execFile)(file, words, { cwd: folder, env: ENVIRONMENT, maxBuffer: 2 ** 26 });
  } catch (error) {
    const said = error instanceof Error && 'stdout' in error ? error.stdout : '';
    throw new Error(`${error instanceof Error ? error.message : error}\n${said}`);
  }
}

function commandIn(folder: string, name: string): string {
  return join(folder, 'node_modules', '.bin', name);
}

async function answers(address: string): Promise<boolean> {
  try {
    return (await fetch(address)).ok;
  } catch {
    return false;
  }
}
