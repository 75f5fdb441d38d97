/** The rules of the rooms (`scripts/rooms/`, `biome.json`): the code keeps them, and planted faults are found. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHECK = join(ROOT, 'scripts', 'rooms', 'check.mjs');
const ROOMS = [
  'backends',
  'bench',
  'bytes',
  'cli',
  'conformance',
  'errors',
  'graph',
  'images',
  'layers',
  'lib',
].concat([
  'ops',
  'options',
  'peers',
  'platform',
  'random',
  'rendering',
  'shapes',
  'site',
  'sources',
  'test',
  'testing',
  'weights',
]);

/** Files with one fault each, and what is said of it. */
const PLANTED: readonly (readonly [file: string, text: string, said: string])[] = [
  ['layers/planted.ts', `export * from '../lib/index.ts';`, 'expected a room below, got lib/index.ts'],
  [
    'ops/planted.ts',
    `import type {} from '../layers/linear.ts';`,
    'expected a room below, got layers/linear.ts',
  ],
  ['ops/planted.test.ts', `import '../graph/graph.ts';`, 'or what every test may use, got graph/graph.ts'],
  [
    'lib/tasks/planted.ts',
    `import '../parity/verify.ts';`,
    'expected a room of lib/ below, got lib/parity/verify.ts',
  ],
  [
    'images/planted.ts',
    `import '@tensorflow/tfjs-core';`,
    'expected nothing of TF.js, got @tensorflow/tfjs-core',
  ],
  [
    'weights/planted.ts',
    `import './testing/x.ts';`,
    'expected nothing that is for tests, got weights/testing/x.ts',
  ],
  [
    'sources/planted.ts',
    `await import('./file-source-node.ts');`,
    "expected import('#node/…'), got sources/file-source-node.ts",
  ],
  [
    'site/planted.ts',
    `import '../images/index.ts';`,
    'expected the public face of a room, got images/index.ts',
  ],
  [
    'backends/simd/assembly/planted.ts',
    `import { a } from './planted';`,
    'expected no cycle of imports, got backends',
  ],
];

/** The same for Biome. */
const PLANTED_FOR_BIOME: readonly (readonly [file: string, text: string, said: string])[] = [
  [
    'errors/a.ts',
    `import type { B } from './b.ts';\nexport type A = B | 1;\n`,
    'errors/a.ts:1:24 lint/suspicious/noImportCycles',
  ],
  [
    'errors/b.ts',
    `export type { A as B } from './a.ts';\n`,
    'errors/b.ts:1:29 lint/suspicious/noImportCycles',
  ],
  ['bytes/c.ts', `import 'node:fs';\n`, 'bytes/c.ts:1:8 lint/correctness/noNodejsModules'],
];

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'dinov2-rooms-'));
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

function plant(faults: readonly (readonly [string, string, string])[]): void {
  for (const [file, text] of faults) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
}

test('every import goes to a room below, and planted ones that do not are named', () => {
  for (const room of ROOMS) {
    cpSync(join(ROOT, room), join(project, room), {
      recursive: true,
      filter: (path) => !/node_modules|fixtures|generated|results/.test(path),
    });
  }
  const run = (): { stderr: string; status: number | null } =>
    spawnSync(process.execPath, [CHECK, project], { encoding: 'utf8' });
  expect(run()).toMatchObject({ stderr: '', status: 0 });
  plant(PLANTED);
  const { stderr, status } = run();
  expect(status).toBe(1);
  for (const [file, , said] of PLANTED) {
    expect(stderr.split('\n')).toContainEqual(expect.stringContaining(said));
    expect(stderr).toContain(file);
  }
  expect(stderr.trim().split('\n')).toHaveLength(PLANTED.length);
});

test('cycles of files and modules of Node in shared code are found', () => {
  cpSync(join(ROOT, 'biome.json'), join(project, 'biome.json'));
  plant(PLANTED_FOR_BIOME);
  const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', '.'],
    {
      cwd: project,
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  for (const [, , said] of PLANTED_FOR_BIOME) expect(stdout + stderr).toContain(said);
});

test('the drawing and the table of docs/architecture.md are of these rooms', () => {
  const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
  const drawing = execFileSync(process.execPath, [CHECK, '--draw'], { encoding: 'utf8' });
  expect(/^```mermaid\n(.*?)^```/ms.exec(page)?.[1]).toBe(drawing);
  const rows = [...page.matchAll(/^\| `(\w+)\/` \|/gm)].map(([, room]) => room);
  expect(rows.sort()).toEqual(ROOMS.filter((room) => room !== 'test'));
});
