/** `npm start`: what it prints, and the page it makes. `npm test` builds the command first. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NO_NETWORK = 'data:text/javascript,globalThis.fetch = () => { throw new Error("no network here"); };';

function start(...words: string[]): { printed: string; page: string } {
  const printed = execFileSync(process.execPath, ['--import', NO_NETWORK, 'scripts/start.mjs', ...words], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { printed, page: readFileSync(`${ROOT}output/index.html`, 'utf8') };
}

const rowsOf = (page: string): string[] => page.split('<div class="row">').slice(1);

/** The label with the highest score of each image, by the name of its file. */
function bestLabels(page: string): (string | undefined)[][] {
  return rowsOf(page).map((row) => [
    row.match(/<figcaption>(.*?)</)?.[1],
    row.match(/<div class="scores"><span>(.*?)</)?.[1],
  ]);
}

test('without words it classifies the digits, checks the numbers, draws, and makes a page', () => {
  const { printed, page } = start();
  expect(printed).toContain('all within tolerance');
  expect(printed).toContain(`${ROOT}output/index.html`);
  for (const verb of ['attention', 'pca']) {
    const sheet = `${ROOT}output/${verb}/${verb}.png`;
    expect(printed).toContain(sheet);
    expect(existsSync(sheet)).toBe(true);
  }
  expect(printed.match(/^ {2}np[mx] .*$/gm)).toHaveLength(3);
  const files = readdirSync(`${ROOT}examples/pictures/digits`);
  expect(bestLabels(page)).toEqual(files.map((file) => [file, file.replace('.png', '')]));
});

test('the page needs nothing beside it, and has maps and neighbours for each image', () => {
  const { page } = start('examples/pictures/photos', 'models/digits');
  expect(page).not.toMatch(/src="(?!data:)|url\((?!data:)|href=/);
  expect(rowsOf(page)).toHaveLength(5);
  for (const row of rowsOf(page)) {
    expect(row.match(/class="ink"/g)).toHaveLength(3);
    expect(row.match(/<figcaption>-?\d\.\d\d<\/figcaption>/g)).toHaveLength(3);
  }
});

test('a backbone without a classifier has no labels', () => {
  const { page } = start('examples/pictures/photos', 'conformance/fixtures/models/patch-8');
  expect(bestLabels(page)[0]).toEqual(['astronaut.jpg', undefined]);
  expect(page).toContain('it has no classifier');
});

test('where nothing is built it says what to run first', () => {
  const clone = mkdtempSync(join(tmpdir(), 'dinov2-clone-'));
  cpSync(`${ROOT}scripts`, join(clone, 'scripts'), { recursive: true });
  const { status, stderr } = spawnSync(process.execPath, ['scripts/start.mjs'], {
    cwd: clone,
    encoding: 'utf8',
  });
  rmSync(clone, { recursive: true });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^npm start: expected the built package in dist\/, got none; run .*`npm run build`, first\n$/,
  );
});
