/** Runs over many images that end before their time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { computedIn, linkDigits } from '../../testing/counted-embeds.ts';
import { COMMAND, DIGITS, type Ended, folder } from './command.ts';

const COUNTING = fileURLToPath(new URL('./count-embedded.mjs', import.meta.url));

/** Makes a folder of so many images, `000-zero.png` and on. */
export function manyDigits(name: string, count: number): void {
  linkDigits(DIGITS, join(folder, name), count);
}

/** The lines of a file of the folder that tests run in. */
export function linesOf(name: string): string[] {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
}

const logOf = (output: string): string => `${output.replaceAll('/', '-')}.log`;

/** How many images all runs for an output have computed. */
export function embedded(output: string): number {
  return computedIn(join(folder, logOf(output)));
}

/** What happens to a run, and when. */
interface Interference {
  /** a limit that the shell sets before, as in `ulimit -f 8` */
  limit?: string;
  /** once the journal has so many images */
  images?: number;
  act?: (child: ChildProcess) => void;
}

/** Runs `embed` to its end, whatever ends it; images that are computed are counted in the output's `.log`. */
export async function runEmbed(
  words: string[],
  output: string,
  { limit = ':', images = 0, act }: Interference = {},
): Promise<Ended & { signal: NodeJS.Signals | null }> {
  const env = { ...process.env, EMBEDDED: join(folder, logOf(output)) };
  const command = [process.execPath, '--import', COUNTING, COMMAND, 'embed', ...words, '-o', output];
  const child = spawn('sh', ['-c', `${limit}; exec "$@"`, 'sh', ...command], { cwd: folder, env });
  let [out, err, waiting] = ['', '', act];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const timer = setInterval(() => {
    // the first line has the settings
    if (waiting === undefined || linesOf(`${output}.part`).length <= images) return;
    waiting(child);
    waiting = undefined;
  }, 5);
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) =>
    child.on('close', (...ended) => resolve(ended)),
  );
  clearInterval(timer);
  return { status, signal, out, err };
}
