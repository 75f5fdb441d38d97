import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, dinov2, dinov2Each, ended, folder, MODEL, startDinov2 } from '../testing/command.ts';

const TRAIN = new URL('../../examples/pictures/digit-classes', import.meta.url).pathname;
const HEAD = [TRAIN, '-m', MODEL, '--new-head'];

const weightsIn = (name: string): Buffer => readFileSync(join(folder, name, 'model.safetensors'));

test('a head is trained, drawn and saved, and the folder classifies', () => {
  const words = [
    ...HEAD,
    '--epochs',
    '4',
    '-o',
    'head',
    '--confusion',
    'taken.svg',
    '--learning-rate',
    '0.01',
  ];
  const { status, out, err } = dinov2('train', ...words);
  expect([status, err]).toEqual([0, expect.stringContaining('epoch 4: loss')]);
  expect(out).toMatch(/^52 steps, 2 tensors trained\n\nepoch {2}step {2}loss {4}accuracy {2}top 5/);
  expect(out).toMatch(/\nclass .*\neight /);
  expect(out).toMatch(/\nsaved: head\n$/);
  expect(readFileSync(join(folder, 'taken.svg'), 'utf8')).toContain('eight');
  const { out: classified } = dinov2(
    'classify',
    join(TRAIN, 'test', 'seven'),
    '-m',
    'head',
    '--json',
    '-k',
    '1',
  );
  const labels = classified
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).labels[0].label);
  expect(labels.filter((label) => label === 'seven').length).toBeGreaterThan(labels.length / 2);
});

test('an interrupted run goes on to the same weights', async () => {
  const words = [...HEAD, '--trainable', 'last-1', '--epochs', '2', '--batch-size', '20'];
  const whole = dinov2('train', ...words, '-o', 'whole', '--json');
  expect(JSON.parse(whole.out)).toMatchObject({ output: 'whole', ended: 'finished', steps: 10 });
  const child = startDinov2(['train', ...words, '-o', 'stopped']);
  const stopping = ended(child);
  child.stderr.once('data', () => child.kill('SIGINT'));
  const { err } = await stopping;
  expect(child.signalCode).toBe('SIGINT');
  expect(err).toMatch(/stopped after step \d+; the same with --resume goes on from there/);
  expect(existsSync(join(folder, 'stopped', 'model.safetensors'))).toBe(false);
  expect(existsSync(join(folder, 'stopped.lock'))).toBe(false);
  const resumed = dinov2('train', ...words, '-o', 'stopped', '--resume');
  expect(resumed.status).toBe(0);
  expect(weightsIn('stopped').equals(weightsIn('whole'))).toBe(true);
});

test('a full disk loses no checkpoint', () => {
  const words = [...HEAD, '--epochs', '1', '-o', 'full', '--resume'];
  // as where there is no room left: no file may be larger than 512 blocks
  const limited = (blocks: string): SpawnSyncReturns<string> => {
    const command = [process.execPath, COMMAND, 'train', ...words];
    const line = `ulimit -f ${blocks}; exec "$@"`;
    return spawnSync('sh', ['-c', line, 'sh', ...command], { cwd: folder, encoding: 'utf8' });
  };
  const { status, stderr } = limited('512');
  expect([status, stderr]).toEqual([1, expect.stringMatching(/expected to write this file, got EFBIG/)]);
  expect(readdirSync(join(folder, 'full'))).toEqual([]);
  expect(limited('unlimited').status).toBe(0);
  expect(readdirSync(join(folder, 'full'))).toContain('checkpoint-13');
});

test('classes of one image each are learnt from, and nothing is evaluated', () => {
  for (const name of ['one', 'two']) {
    const images = join(TRAIN, 'train', name);
    mkdirSync(join(folder, 'few', name), { recursive: true });
    cpSync(join(images, String(readdirSync(images)[0])), join(folder, 'few', name, 'image.png'));
  }
  const { status, err, out } = dinov2(
    'train',
    'few',
    '-m',
    MODEL,
    '--new-head',
    '--epochs',
    '1',
    '-o',
    'made/of-few/',
  );
  expect([status, err]).toEqual([0, expect.stringContaining('too few images to set any aside')]);
  expect(err).toContain('the classes one, two have one image to learn from');
  expect(out).toMatch(/^1 steps, 2 tensors trained\n/);
  expect(existsSync(join(folder, 'made', 'of-few', 'model.safetensors'))).toBe(true);
});

test('a dry run says what it would take, and makes nothing', () => {
  const { status, out } = dinov2('train', ...HEAD, '--dry-run', '-o', 'dry');
  expect(status).toBe(0);
  expect(out).toMatch(
    /^images +100 to learn from, 20 to evaluate on\nsteps +39\nlearning rate +0.001\ntrained +1930 of 461386 values\nmemory +about \d/,
  );
  expect(existsSync(join(folder, 'dry'))).toBe(false);
});

test('what can not be trained so is refused', () => {
  const refused: [string[], RegExp][] = [
    [HEAD, /--output: expected a folder for the model, got none/],
    [[...HEAD, '-o', 'x', '--trainable', 'neck'], /got "neck", which none has/],
    [[...HEAD, '-o', 'x', '--learning-rate=-1'], /expected a number of at least 0/],
  ];
  const ended = dinov2Each(refused.map(([words]) => ['train', ...words]));
  for (const [i, [, message]] of refused.entries()) {
    expect(ended[i]).toMatchObject({ status: 2, err: expect.stringMatching(message) });
  }
});
