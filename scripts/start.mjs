/**
 * The main job on the bundled model: labels and parity on the console, then PNG files and a page to look at.
 *
 * Run by `npm start`, without the network. `npm start -- photos/ facebook/dinov2-small` makes the page of other images by another model.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rows of a page that is still quick to open. */
const MOST = 60;

const root = fileURLToPath(new URL('..', import.meta.url));
process.chdir(root);
if (!existsSync('dist/cli/main.js')) {
  console.error(
    'npm start: expected the built package in dist/, got none; run `npm ci`, or `npm run build`, first',
  );
  process.exit(1);
}
const { expandImages } = await import('../dist/cli/expand-images.js');
const { pageOf } = await import('./start/page.mjs');
const { resultsOf } = await import('./start/results.mjs');

const [folder = 'examples/pictures/digits', model = 'models/digits'] = process.argv.slice(2);

/** Runs the command as a user would and shows what was typed. */
function dinov2(...words) {
  console.log(`$ npx dinov2 ${words.join(' ')}`);
  const { status } = spawnSync(process.execPath, ['dist/cli/main.js', ...words], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  console.log();
}

/** PNG files to look at, by the verbs that make them. */
const sheets = [];

/** Makes a PNG of each image in more patches than it is classified by, and a sheet of all. */
function draw(verb, ...words) {
  const output = join('output', verb);
  const size = ['--size', '128', '--interpolation', 'bicubic', '--columns', '5'];
  dinov2(verb, folder, '--model', model, ...size, ...words, '--output', output);
  sheets.push(join(root, output, `${verb}.png`));
}

if (process.argv.length === 2) {
  dinov2('classify', folder, '--model', model, '--top-k', '2');
  dinov2(
    'verify',
    '--model',
    model,
    '--reference',
    'conformance/fixtures/digits.safetensors',
    '--atol',
    '2e-5',
  );
  draw('attention', '--heads', 'mean', '--colormap', 'inferno');
  draw('pca', '--foreground', 'none');
}

const files = (await expandImages([folder])).slice(0, MOST);
const page = join(root, 'output', 'index.html');
mkdirSync(join(root, 'output'), { recursive: true });
writeFileSync(page, pageOf(await resultsOf(model, files)));

console.log(`Look at what the model sees in ${files.length} images, in a browser:

  ${page}
${sheets.length === 0 ? '' : `\nand in PNG files:\n\n  ${sheets.join('\n  ')}\n`}
Three commands to try next, with a folder of your own (the first downloads 88 MB, once):

  npm start -- photos/ facebook/dinov2-small
  npx dinov2 embed photos/ --model facebook/dinov2-small --normalize --output photos.npy
  npx dinov2 attention photos/ --model facebook/dinov2-small --output looks
`);
