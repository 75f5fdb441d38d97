/** What the step that builds the add-on for TensorFlow says where it can't; the building itself is tried by hand. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('../scripts/build-tensorflow.mjs', import.meta.url));
const onSupportedSystem = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'dinov2-project-'));
  writeFileSync(join(project, 'package.json'), '{}');
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

/** Runs the step where only the named programs are found, all of which succeed and do nothing. */
function build(programs: readonly string[]): { status: number | null; err: string } {
  const path = join(project, 'programs');
  mkdirSync(path);
  for (const name of programs) {
    writeFileSync(join(path, name), '#!/bin/sh\n');
    chmodSync(join(path, name), 0o755);
  }
  const { status, stderr } = spawnSync(process.execPath, [SCRIPT], {
    cwd: project,
    env: { PATH: path },
    encoding: 'utf8',
  });
  return { status, err: stderr };
}

function addPackage(): string {
  const folder = join(project, 'node_modules', '@tensorflow', 'tfjs-node');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"name":"@tensorflow/tfjs-node"}');
  return folder;
}

onSupportedSystem('building TensorFlow', () => {
  test('without tfjs-node it says how to install it', () => {
    const { status, err } = build(['python3', 'g++', 'npm']);
    expect(status).toBe(1);
    expect(err).toBe(
      `build-tensorflow: expected @tensorflow/tfjs-node in ${project}, got none; npm install --ignore-scripts @tensorflow/tfjs-node, see docs/tensorflow.md\n`,
    );
  });

  test.each([
    [
      'Python',
      ['g++', 'npm'],
      '`python3 -m pip --version` to work, got a failure; install Python 3 with pip',
    ],
    ['g++', ['python3', 'npm'], '`g++ --version` to work, got a failure; install g++'],
    ['npm', ['python3', 'g++'], '`npm --version` to work, got a failure; install npm'],
  ])('without %s it says what to install, and leaves the package alone', (_, programs, message) => {
    const folder = addPackage();
    expect(build(programs)).toEqual({ status: 1, err: `build-tensorflow: expected ${message}\n` });
    expect(readdirSync(folder)).toEqual(['package.json']);
  });

  test('where the download gives nothing, what is there stays, and nothing is added', () => {
    const folder = addPackage();
    mkdirSync(join(folder, 'deps'));
    const { status, err } = build(['python3', 'g++', 'npm']);
    expect(status).toBe(1);
    expect(err).toMatch(/: expected a wheel from pip, got none\n$/);
    expect(readdirSync(folder)).toEqual(['deps', 'package.json']);
  });
});
