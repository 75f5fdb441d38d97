/** `embed --output` that is ended before its time, and goes on with `--resume`. */
import type { ChildProcess } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DIGITS, dinov2, dinov2Each, folder, MODEL } from '../testing/command.ts';
import { embedded, linesOf, manyDigits, runEmbed } from '../testing/many-images.ts';

const BATCH = 4;
const WORDS = ['-m', MODEL, '--batch-size', String(BATCH)];
/** The output of the run that several tests go on after. */
const KILLED = 'left.npy';
const kill = (child: ChildProcess): boolean => child.kill('SIGKILL');
const ONE = `${DIGITS}/one.png`;
const inFolder = (name: string): Buffer => readFileSync(join(folder, name));

/** Runs the command until its journal has so many images, and kills it. */
async function killed(images: number, output: string, ...words: string[]): Promise<void> {
  const { signal } = await runEmbed(words, output, { images, act: kill });
  expect(signal).toBe('SIGKILL');
}

/** Lays what one killed run has left, of some more than 20 images, where a run for another output looks for it. */
function leaveKilled(output: string): void {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(`${KILLED}.`))) {
    copyFileSync(join(folder, name), join(folder, name.replace(KILLED, output)));
  }
}

/** Runs commands in one process. */
function statusesOf(commands: readonly string[][]): (number | null)[] {
  return dinov2Each(commands).map(({ status }) => status);
}

beforeAll(async () => {
  manyDigits('many', 60);
  const wholes = ['npy', 'safetensors'].map((ending) => ['embed', 'many', ...WORDS, '-o', `whole.${ending}`]);
  expect(statusesOf(wholes)).toEqual([0, 0]);
  await killed(20, KILLED, 'many', ...WORDS);
});

test.each(['npy', 'safetensors'])(
  'killed twice, a .%s is what it is unbroken, and no more than a batch is computed twice',
  async (ending) => {
    const output = `killed.${ending}`;
    await killed(20, output, 'many', ...WORDS);
    await killed(36, output, 'many', ...WORDS, '--resume');
    expect(existsSync(join(folder, output))).toBe(false);
    const { status, err } = await runEmbed(['many', ...WORDS, '--resume'], output);
    expect(status).toBe(0);
    expect(err).toMatch(/going on after \d+ of 60 images/);
    expect(inFolder(output).equals(inFolder(`whole.${ending}`))).toBe(true);
    expect(embedded(output)).toBeGreaterThanOrEqual(60);
    expect(embedded(output)).toBeLessThanOrEqual(60 + 2 * BATCH);
    const left = readdirSync(folder).filter((name) => name.startsWith(output) && !name.endsWith('.log'));
    expect(left).toEqual(ending === 'npy' ? [output, `${output}.names.txt`] : [output]);
  },
);

test('a line that is damaged is computed again, and one that is not whole', () => {
  leaveKilled('torn.npy');
  const path = join(folder, 'torn.npy.part');
  const lines = linesOf('torn.npy.part');
  lines[9] = '{"image":"many/008-eight.png","vector":"AAAA"}';
  writeFileSync(path, `${lines.join('\n')}\n`);
  appendFileSync(path, '{"image":"many/199-nine.png","vector":"AAAA');
  const { status, err } = dinov2('embed', 'many', ...WORDS, '-o', 'torn.npy', '--resume');
  expect(status).toBe(0);
  // all but that of the settings and the damaged one
  expect(err).toContain(`going on after ${lines.length - 2} of 60 images`);
  expect(inFolder('torn.npy').equals(inFolder('whole.npy'))).toBe(true);
});

test('a journal that was only just opened is begun again', async () => {
  writeFileSync(join(folder, 'empty.npy.part'), '');
  await killed(4, 'empty.npy', 'many', ...WORDS, '--resume');
  expect(linesOf('empty.npy.part')[0]).toContain('"settings"');
});

test('an image that is asked for twice is computed once', async () => {
  expect((await runEmbed([ONE, ONE, '-m', MODEL], 'twice.npy')).status).toBe(0);
  expect(embedded('twice.npy')).toBe(1);
  expect(linesOf('twice.npy.names.txt')).toEqual([ONE, ONE]);
});

test('a full disk is an error that keeps what is computed', async () => {
  const { status, err } = await runEmbed(['many', ...WORDS], 'full.npy', { limit: 'ulimit -f 30' });
  expect(status).toBe(1);
  expect(err).toMatch(/full\.npy: \d+ of 60 images are kept in full\.npy\.part; .* with --resume goes on$/m);
  expect(err).toMatch(/full\.npy\.part: expected to write this file, got EFBIG; allow larger files$/m);
  expect(dinov2('embed', 'many', ...WORDS, '-o', 'full.npy', '--resume').status).toBe(0);
  expect(inFolder('full.npy').equals(inFolder('whole.npy'))).toBe(true);
});

test('a folder that is taken away ends the work at once', async () => {
  mkdirSync(join(folder, 'gone'));
  const { status, err } = await runEmbed(['many', ...WORDS], 'gone/a.npy', {
    images: 4,
    act: () => rmSync(join(folder, 'gone'), { recursive: true }),
  });
  expect(status).toBe(1);
  expect(err).toBe(
    'dinov2: gone/a.npy.part: expected to write this file, got ENOENT; check the folder and its rights\n',
  );
});

test('two runs do not write one output at once', async () => {
  let second = '';
  const first = await runEmbed(['many', ...WORDS], 'busy.npy', {
    images: 4,
    act(child) {
      child.kill('SIGSTOP');
      second = dinov2('embed', 'many', ...WORDS, '-o', 'busy.npy', '--resume').err;
      child.kill('SIGCONT');
    },
  });
  expect(second).toMatch(/^dinov2: busy\.npy: expected to be the only run that writes it, got process \d+/m);
  expect(first.status).toBe(0);
  expect(inFolder('busy.npy').equals(inFolder('whole.npy'))).toBe(true);
});

test('the lock of another process is left alone, and one of the own number is of a run before', async () => {
  writeFileSync(join(folder, 'held.npy.lock'), '1\n');
  expect(dinov2('embed', ONE, '-m', MODEL, '-o', 'held.npy')).toMatchObject({
    status: 1,
    err: expect.stringMatching(
      /got process 1, which writes it too; wait for that, or remove held\.npy\.lock/,
    ),
  });
  expect(readdirSync(folder).filter((name) => name.startsWith('held.npy'))).toEqual(['held.npy.lock']);
  const own = await runEmbed([ONE, '-m', MODEL], 'own.npy', { limit: 'echo $$ > own.npy.lock' });
  expect(own.status).toBe(0);
});

test('other options are refused, and named', () => {
  leaveKilled('options.npy');
  const resume = ['embed', 'many', ...WORDS, '-o', 'options.npy', '--resume'];
  const others = [
    [['--pool', 'mean'], 'pool mean \\(before: cls\\)'],
    [['--backend', 'cpu'], 'backend cpu \\(before: auto\\)'],
    [['--processor', 'pil'], 'processor pil \\w+ \\(before: torchvision \\w+\\)'],
    [['--precision', 'i8'], '.*precision i8 \\(before: f32\\)'],
  ] as const;
  const refused = dinov2Each(others.map(([words]) => [...resume, ...words]));
  for (const [i, [, difference]] of others.entries()) {
    const { status, err } = refused[i] ?? { status: 0, err: '' };
    expect(status).toBe(1);
    expect(err).toMatch(RegExp(`expected --resume with the options of the run before, got ${difference}; `));
  }
  const [settings = '', ...lines] = linesOf('options.npy.part');
  expect(lines.length).toBeGreaterThanOrEqual(8);
  // as by a version that did not know the option
  const older = [settings.replace('"pool":"cls",', ''), ...lines, ''].join('\n');
  writeFileSync(join(folder, 'options.npy.part'), older);
  const { err } = dinov2(...resume);
  expect(err).toMatch(/got pool cls \(before: none\); /);
  expect(existsSync(join(folder, 'options.npy.lock'))).toBe(false);
});

test('another model is refused', () => {
  leaveKilled('model.npy');
  const other = join(folder, 'model');
  mkdirSync(other);
  for (const name of ['config.json', 'preprocessor_config.json']) {
    writeFileSync(join(other, name), readFileSync(join(MODEL, name)));
  }
  const weights = readFileSync(join(MODEL, 'model.safetensors'));
  const header = Number(weights.readBigUInt64LE(0));
  const tensors = JSON.parse(weights.toString('utf8', 8, 8 + header));
  const name = Object.keys(tensors).find((each) => each.endsWith('cls_token')) ?? '';
  weights.writeFloatLE(0.5, 8 + header + tensors[name].data_offsets[0]);
  writeFileSync(join(other, 'model.safetensors'), weights);
  const { status, err } = dinov2('embed', 'many', '-m', other, '-o', 'model.npy', '--resume');
  expect({ status, err }).toMatchObject({
    status: 1,
    err: expect.stringMatching(/got model \w+ \(before: \w+\)/),
  });
});

test('images that have come and gone meanwhile: the file is that of the images there are', async () => {
  manyDigits('changing', 60);
  await killed(30, 'changing.jsonl', 'changing', ...WORDS);
  rmSync(join(folder, 'changing', '003-three.png'));
  writeFileSync(join(folder, 'changing', '005-new.png'), readFileSync(`${DIGITS}/one.png`));
  const words = ['embed', 'changing', ...WORDS, '-o'];
  expect(
    statusesOf([
      [...words, 'changing.jsonl', '--resume'],
      [...words, 'unbroken.jsonl'],
    ]),
  ).toEqual([0, 0]);
  expect(inFolder('changing.jsonl').equals(inFolder('unbroken.jsonl'))).toBe(true);
});

test('an image whose file has changed under its name is computed again, and only that', async () => {
  manyDigits('replaced', 60);
  const file = join(folder, 'replaced', '002-two.png');
  const put = (digit: string): void => {
    rmSync(file);
    writeFileSync(file, readFileSync(`${DIGITS}/${digit}.png`));
  };
  put('two');
  const words = ['replaced', ...WORDS, '--batch-size', '1'];
  await killed(10, 'replaced.jsonl', ...words);
  const before = embedded('replaced.jsonl');
  put('seven');
  const { err } = await runEmbed([...words, '--resume'], 'replaced.jsonl');
  expect(err).toMatch(/going on after \d+ of 60 images; 1 changed since, and will be computed again$/m);
  expect(dinov2('embed', ...words, '-o', 'now.jsonl').status).toBe(0);
  expect(inFolder('replaced.jsonl').equals(inFolder('now.jsonl'))).toBe(true);
  // that one, and the batch that was going on
  expect(embedded('replaced.jsonl')).toBeLessThanOrEqual(62);
  expect(before).toBeLessThan(60);
});

test('an image that can not be read is named again, and left out', async () => {
  manyDigits('damaged', 60);
  for (const name of ['002-a.png', '041-b.png']) writeFileSync(join(folder, 'damaged', name), 'text');
  await killed(30, 'damaged.npy', 'damaged', ...WORDS);
  const words = ['embed', 'damaged', ...WORDS, '-o'];
  const [resumed, unbroken] = dinov2Each([
    [...words, 'damaged.npy', '--resume'],
    [...words, 'undamaged.npy'],
  ]);
  expect([resumed?.status, unbroken?.status]).toEqual([1, 1]);
  expect(resumed?.err).toMatch(
    /002-a\.png: expected an image in one of[\s\S]*041-b\.png: expected an image in one of/,
  );
  expect(inFolder('damaged.npy').equals(inFolder('undamaged.npy'))).toBe(true);
  expect(linesOf('damaged.npy.names.txt')).toHaveLength(60);
});

/** A BMP of one grey. */
function greyBmp(width: number, height: number, grey: number): Buffer {
  const row = Math.ceil((3 * width) / 4) * 4;
  const file = Buffer.alloc(54 + row * height, grey).fill(0, 0, 54);
  file.write('BM');
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, width],
    [22, height],
  ] as const)
    file.writeUInt32LE(value, at);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  return file;
}

test('images of several sizes are batched alike', async () => {
  const model = join(folder, 'uncropped');
  for (const place of [model, join(folder, 'sizes')]) mkdirSync(place);
  for (const name of ['config.json', 'model.safetensors']) {
    writeFileSync(join(model, name), readFileSync(join(MODEL, name)));
  }
  const config = JSON.parse(readFileSync(join(MODEL, 'preprocessor_config.json'), 'utf8'));
  const uncropped = { ...config, do_resize: false, do_center_crop: false };
  writeFileSync(join(model, 'preprocessor_config.json'), JSON.stringify(uncropped));
  for (let i = 0; i < 60; i++) {
    const bmp = greyBmp(32, i % 7 < 4 ? 32 : 64, 4 * i);
    writeFileSync(join(folder, 'sizes', `${String(i).padStart(2, '0')}.bmp`), bmp);
  }
  const words = ['sizes', '-m', model, '--batch-size', '3'];
  await killed(20, 'sizes.npy', ...words);
  const embed = ['embed', ...words, '-o'];
  expect(
    statusesOf([
      [...embed, 'sizes.npy', '--resume'],
      [...embed, 'all-sizes.npy'],
    ]),
  ).toEqual([0, 0]);
  expect(inFolder('sizes.npy').equals(inFolder('all-sizes.npy'))).toBe(true);
});

test('without --resume the work starts again, and what was left is put aside until it is done', async () => {
  leaveKilled('again.npy');
  const before = inFolder('again.npy.part');
  const { err } = await runEmbed(['many', ...WORDS], 'again.npy', { limit: 'ulimit -f 30' });
  expect(err).toMatch(/again\.npy: starting again, without what .*, which is again\.npy\.part\.old now;/);
  expect(inFolder('again.npy.part.old').equals(before)).toBe(true);
  expect(dinov2('embed', 'many', ...WORDS, '-o', 'again.npy', '--resume').status).toBe(0);
  expect(existsSync(join(folder, 'again.npy.part.old'))).toBe(false);
});

test('something else of the name of a journal is not gone on with', () => {
  writeFileSync(join(folder, 'mine.npy.part'), 'a diary\n');
  const { status, err } = dinov2('embed', 'many', ...WORDS, '-o', 'mine.npy', '--resume');
  expect(status).toBe(1);
  expect(err).toMatch(/mine\.npy\.part: expected what an earlier run left to go on with, got something else/);
  expect(inFolder('mine.npy.part').toString()).toBe('a diary\n');
});

test('--resume needs a file', () => {
  expect(dinov2('embed', 'many', ...WORDS, '--resume')).toMatchObject({
    status: 2,
    err: 'dinov2: --resume: expected --output, got none; add it\n',
  });
});
