/** The built package in a folder of its own, beside packages that a test makes up; `npm test` builds it first. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a process left. */
export interface Outcome {
  status: number | null;
  out: string;
  err: string;
}

/** A project that has this package and its dependencies installed, and nothing else until a test adds it. */
export class Installation {
  private readonly folder = mkdtempSync(join(tmpdir(), 'dinov2-installation-'));

  constructor() {
    cpSync(join(ROOT, 'dist'), join(this.folder, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'package.json'), join(this.folder, 'package.json'));
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      readFileSync(join(ROOT, 'package.json'), 'utf8'),
    );
    for (const name of Object.keys(dependencies)) {
      const place = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(place), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules', name), place);
    }
  }

  /** Installs a package of one file, in CommonJS, in place of what had its name. */
  add(name: string, source: string): void {
    const place = join(this.folder, 'node_modules', name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'index.js'), source);
  }

  /** Takes a package away, if it is there. */
  remove(name: string): void {
    rmSync(join(this.folder, 'node_modules', name), { recursive: true, force: true });
  }

  /** Runs a module; `dinov2-tfjs` is this package in it. */
  run(program: string, env: Readonly<Record<string, string>> = {}): Outcome {
    return this.node(['--input-type=module', '-e', program], env);
  }

  /** Runs the command `dinov2`. */
  dinov2(...words: string[]): Outcome {
    return this.node([join(this.folder, 'dist', 'cli', 'main.js'), ...words], {});
  }

  /** Removes the folder. */
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private node(words: readonly string[], env: Readonly<Record<string, string>>): Outcome {
    const { status, stdout, stderr } = spawnSync(process.execPath, words, {
      cwd: this.folder,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
    return { status, out: stdout, err: stderr };
  }
}
