/** An engine's process, seen from the benchmark. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { EngineName } from './engine-names.ts';
import { NODE_HOST, TORCH_HOST } from './places.ts';
import type { Done, Reply, Request } from './protocol.ts';

/** The programs that engines run in. */
export interface Programs {
  /** path of a Node */
  node: string;
  /** path of a Python with torch and transformers; undefined if there is none */
  python?: string | undefined;
}

/** Clock ticks in a second, as Linux counts a process's time. */
const TICKS = 100;
/** Characters kept of what a process printed. */
const KEPT = 2000;

/** A process that carries out one request at a time. */
export class Child {
  private readonly process: ChildProcess;
  private waiting: { resolve: (reply: Reply) => void; reject: (error: Error) => void } | undefined;
  private printed = '';
  private gone: Error | undefined;

  /**
   * @param name an engine, or `probe` for the host alone
   * @throws Error if the engine needs a Python and there is none
   */
  constructor(name: EngineName | 'probe', threads: number, { node, python }: Programs) {
    if (name === 'torch' && python === undefined) {
      throw new Error('bench: torch needs a Python that has it; name one with --python');
    }
    const [command, words] =
      name === 'torch' && python !== undefined ? [python, [TORCH_HOST]] : [node, [NODE_HOST, name]];
    this.process = spawn(command, words, {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(threads),
        HF_HUB_OFFLINE: '1',
        TF_CPP_MIN_LOG_LEVEL: '2',
      },
    });
    const keep = (text: Buffer): void => {
      this.printed = (this.printed + text).slice(-KEPT);
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
    this.process.stdin?.on('error', () => undefined);
    this.process.on('error', (error) => this.fail(error));
    this.process.on('exit', (code, signal) => {
      const end = signal === null ? `status ${code}` : `signal ${signal}`;
      this.fail(new Error(`the process ended with ${end}: ${this.printed.trim().slice(-300)}`));
    });
    const replies = this.process.stdio[3] as Readable;
    createInterface({ input: replies }).on('line', (line) => {
      const reply: Reply = JSON.parse(line);
      this.waiting?.resolve(reply);
      this.waiting = undefined;
    });
  }

  /**
   * @throws Error with the engine's message, or if its process ends
   */
  async ask(request: Request): Promise<Done> {
    if (this.gone !== undefined) throw this.gone;
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.process.stdin?.write(`${JSON.stringify(request)}\n`);
    });
    if ('error' in reply) throw new Error(reply.error);
    return reply;
  }

  /** Seconds of processor time so far, all threads; undefined where the system does not tell. */
  cpuSeconds(): number | undefined {
    try {
      const stat = readFileSync(`/proc/${this.process.pid}/stat`, 'utf8');
      // the name, in parentheses, may hold spaces; user and system time are the 12th and 13th field after it
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return undefined;
    }
  }

  /** Ends the process; one that does not go by itself is made to. */
  async close(): Promise<void> {
    if (this.gone !== undefined) return;
    const ended = new Promise<void>((resolve) => this.process.once('exit', () => resolve()));
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    this.ask({ do: 'close' }).catch(() => undefined);
    await ended;
    clearTimeout(timer);
  }

  private fail(error: Error): void {
    this.gone ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
