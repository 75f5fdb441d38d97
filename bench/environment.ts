/** What a measurement was taken on. */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { ROOT } from '../peers/root.ts';
import type { Programs } from './child.ts';

/** The machine and the programs. */
export interface Environment {
  date: string;
  commit: string;
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  python?: string;
}

function output(command: string, words: readonly string[]): string | undefined {
  try {
    return execFileSync(command, words, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

/** Asks the system and the programs. */
export function describeEnvironment({ node, python }: Programs): Environment {
  const version = python === undefined ? undefined : output(python, ['--version']);
  const changed = output('git', ['status', '--porcelain', '--untracked-files=no']);
  return {
    date: new Date().toISOString().slice(0, 16),
    commit: `${output('git', ['rev-parse', '--short', 'HEAD']) ?? 'unknown'}${changed ? ', changed' : ''}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: output(node, ['--version']) ?? 'unknown',
    ...(version !== undefined && { python: version }),
  };
}
