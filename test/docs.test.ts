/** Every sample in the documentation: TypeScript is compiled; plain JavaScript and commands are run on the bundled model. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEVICES } from '../backends/devices.ts';
import { dinov2Each } from '../cli/testing/command.ts';
import { missingFor } from '../conformance/testing/in-process.ts';
import * as library from '../lib/index.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  ...readdirSync(`${ROOT}docs`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** The fenced samples of a language in all documents, with where they stand. */
function samples(language: string): { where: string; text: string }[] {
  return DOCUMENTS.flatMap((document) => {
    const text = readFileSync(ROOT + document, 'utf8');
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((found) => ({
      where: `${document}:${text.slice(0, found.index).split('\n').length}`,
      text: found[1] ?? '',
    }));
  });
}

test('TypeScript samples compile', () => {
  const folder = join(ROOT, 'output', 'samples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = samples('ts');
  expect(found.length).toBeGreaterThan(1);
  for (const { where, text } of found) {
    writeFileSync(join(folder, `${where.replace(/[/:]/g, '-')}.ts`), `// ${where}\n${text}\nexport {};\n`);
  }
  const options = {
    noEmit: true,
    noUnusedLocals: false,
    rootDir: '../..',
    paths: { 'dinov2-tfjs': ['../../lib/index.ts'], 'dinov2-tfjs/*': ['../../*/index.ts'] },
  };
  const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['.'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

/** What stands in the samples, and what the repository has in its place. */
const STAND_INS: readonly [RegExp, string][] = [
  [/node_modules\/dinov2-tfjs\//g, ROOT],
  [/facebook\/[\w-]+/g, `${ROOT}models/digits`],
  [/(?<![\w/])photos\//g, `${ROOT}examples/pictures/digits/`],
  [/(?<![\w/])(my-images|birds)\//g, `${ROOT}examples/pictures/digit-classes/`],
  [/(?<=--model )(my-(classifier|birds)|fine-tuned)/g, `${ROOT}models/digits`],
  [/dinov2_vitb14_pretrain\.safetensors/g, `${ROOT}models/digits`],
  [/dinov2_vits14_pretrain\.pth/g, `${ROOT}conformance/fixtures/models/linear-4`],
  [
    /--head (?!mean|all|\d)\S+/g,
    `--head ${ROOT}conformance/fixtures/models/linear-4/linear_head.safetensors`,
  ],
  [/ --labels imagenet-1k/g, ''],
  [/\b518\b/g, '48'],
  [/dinov2_vitb14_pretrain\.pth|teacher_checkpoint\.pth/g, `${ROOT}models/digits`],
  [/cat\.jpg/g, `${ROOT}examples/pictures/photos/chelsea.jpg`],
  [/dog\.jpg/g, `${ROOT}examples/pictures/photos/astronaut.jpg`],
  [/--layers \S+/g, '--layers 1,2'],
  [/ --execution-provider( cuda| cpu)+/g, ''],
  [/--outputs \S+/g, '--outputs logits'],
  [/--reference reference\.safetensors/g, `--reference ${ROOT}conformance/fixtures/digits.safetensors`],
];

const withStandIns = (text: string): string =>
  STAND_INS.reduce((replaced, [what, by]) => replaced.replace(what, by), text);

/** ONNX Runtime's WebAssembly build is installed, in place of the native one that samples speak of. */
const ON_WEB = new URL('../cli/testing/onnxruntime.mjs?web', import.meta.url).href;

/** Runs something in an empty folder that goes away. */
function inEmptyFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-docs-'));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each(samples('js').filter(({ text }) => text.includes("'dinov2-tfjs'")))(
  '$where runs as plain JavaScript',
  ({ where, text }) => {
    // inside of the package, which is found by its own name there
    const folder = join(ROOT, 'output', 'scripts');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${where.replace(/[/:]/g, '-')}.mjs`);
    writeFileSync(file, withStandIns(text));
    inEmptyFolder((cwd) =>
      execFileSync(process.execPath, ['--import', ON_WEB, file], { cwd, stdio: 'pipe' }),
    );
  },
);

test('pages without a bundler import what is in the package', () => {
  for (const { where, text } of samples('html')) {
    const [, names = '', path = ''] =
      text.match(/import \{(.*?)\} from '[^']*?\/dinov2-tfjs@[\d.]+\/(.*?)'/) ?? [];
    expect([where, existsSync(ROOT + path)]).toEqual([where, true]);
    for (const name of names.split(',')) expect(Object.keys(library)).toContain(name.trim());
  }
});

/** The command as samples have it, at the beginning of a line or behind a pipe. */
const COMMAND = /(?<=^|\| )npx dinov2(-tfjs)? /;

const commands = samples('sh').flatMap(({ where, text }) =>
  text
    .split('\n')
    .filter((line) => COMMAND.test(line))
    .map((line) => ({ where, line: line.replace(/ +#.*$/, '') })),
);

const unavailable = DEVICES.filter((device) => missingFor(device) !== undefined).map(
  (device) => `--backend ${device}`,
);

const available = commands.filter(({ line }) => !unavailable.some((option) => line.includes(option)));
/** Lines of one command alone, without anything that only a shell knows. */
const plain = available.filter(({ line }) => line.startsWith('npx ') && !/[|<>"'$*~]/.test(line));
const ended = dinov2Each(
  plain.map(({ line }) => withStandIns(line).replace(COMMAND, '').split(' ')),
  { apart: true, runtime: 'web' },
);

for (const [i, { where, line }] of plain.entries()) {
  test(`${where}: ${line}`, () => {
    expect(ended[i]).toMatchObject({ status: 0 });
  });
}

for (const { where, line } of available.filter((each) => !plain.includes(each))) {
  test(`${where}: ${line}`, () => runCommand(line));
}

test.skip.each(commands.filter((each) => !available.includes(each)))('$where: $line', () => undefined);

/** In a shell, whose home is the empty folder too. */
function runCommand(line: string): void {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const script = withStandIns(line).replace(COMMAND, `'${process.execPath}' --import '${ON_WEB}' '${main}' `);
  inEmptyFolder((cwd) =>
    execFileSync('sh', ['-c', script], { cwd, env: { ...process.env, HOME: cwd }, stdio: 'pipe' }),
  );
}
