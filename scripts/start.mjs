/**
 * The main job on the bundled model: labels and embeddings of the example images.
 *
 * Run by `npm start`. Everything it does, the `dinov2` command does too.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const command = `${root}dist/cli/main.js`;
const output = `${root}output`;

/** Runs the command as a user would and shows what was typed. */
function dinov2(...words) {
  process.stdout.write(`\n$ npx dinov2 ${words.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [command, ...words], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

mkdirSync(output, { recursive: true });
dinov2('inspect', 'models/digits', '--image-size', '32');
dinov2('classify', 'examples/pictures/digits', '--model', 'models/digits', '--top-k', '2');
dinov2(
  'embed',
  'examples/pictures/digits',
  '--model',
  'models/digits',
  '--normalize',
  '--output',
  'output/digits.npy',
);
dinov2(
  'features',
  'examples/pictures/digits/eight.png',
  '--model',
  'models/digits',
  '--layers=0,2,-1',
  '--attentions',
  '--output',
  'output/eight.safetensors',
);
dinov2(
  'verify',
  '--model',
  'models/digits',
  '--reference',
  'conformance/fixtures/digits.safetensors',
  '--atol',
  '2e-5',
);
process.stdout.write(`\nembeddings: ${output}/digits.npy\nfeatures:   ${output}/eight.safetensors\n`);
