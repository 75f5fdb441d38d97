/** Every sample of code in the documentation: TypeScript is compiled, plain JavaScript is run on the bundled model. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as library from '../../lib/index.ts';
import { inEmptyFolder, ON_WEB, ROOT, samples, speaksOfRuntime, withStandIns } from '../testing/samples.ts';

test('TypeScript samples compile', () => {
  const folder = join(ROOT, 'output', 'samples');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const found = samples('ts');
  expect(found.length).toBeGreaterThan(1);
  for (const { where, text } of found) {
    writeFileSync(join(folder, `${where.replace(/[/:]/g, '-')}.ts`), `// ${where}\n${text}\nexport {};\n`);
  }
  // inside of the package, whose types are found by its own name as readers find them; with its `outDir` they would be those of its sources
  const options = { noEmit: true, noUnusedLocals: false, rootDir: '.', outDir: '.' };
  const config = { extends: '../../tsconfig.json', compilerOptions: options, include: ['.'], exclude: [] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
});

test.each(samples('js').filter(({ text }) => text.includes("'dinov2-tfjs'")))(
  '$where runs as plain JavaScript',
  ({ where, text }) => {
    // inside of the package, which is found by its own name there
    const folder = join(ROOT, 'output', 'scripts');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${where.replace(/[/:]/g, '-')}.mjs`);
    writeFileSync(file, withStandIns(text));
    const node = speaksOfRuntime(text) ? ['--import', ON_WEB] : [];
    inEmptyFolder((cwd) => execFileSync(process.execPath, [...node, file], { cwd, stdio: 'pipe' }));
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
