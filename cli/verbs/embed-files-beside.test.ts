/** Files beside the output of `embed` that are damaged, of other runs, or of something else altogether. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGITS, dinov2, dinov2Each, ended, folder, MODEL, startDinov2 } from '../testing/command.ts';
import { linesOf, manyDigits, runEmbed } from '../testing/many-images.ts';

const WORDS = ['-m', MODEL, '--batch-size', '4'];
const inFolder = (name: string): Buffer => readFileSync(join(folder, name));
const put = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content);

beforeAll(() => manyDigits('many', 40));

/** Leaves the journal of a run that was killed. */
async function leaveJournal(output: string): Promise<string[]> {
  const { signal } = await runEmbed(['many', ...WORDS], output, {
    images: 12,
    act: (child) => child.kill('SIGKILL'),
  });
  expect(signal).toBe('SIGKILL');
  return linesOf(`${output}.part`);
}

test('something else of the name of a journal is left as it is', () => {
  const contents = {
    text: 'a diary',
    open: `{"format":"another/1","${'x'.repeat(70_000)}`,
    // as power failures leave them
    zeros: new Uint8Array(4096),
  };
  const beside: readonly [string, ...string[]][] = [['part', '--resume'], ['part'], ['part.old']];
  const cases = Object.entries(contents).flatMap(([kind, content]) =>
    beside.map(([ending, ...words], i) => {
      const output = `${kind}-${i}.npy`;
      const file = `${output}.${ending}`;
      put(file, content);
      return { file, content, words: ['embed', `${DIGITS}/one.png`, ...WORDS, '-o', output, ...words] };
    }),
  );
  for (const [i, { status, err }] of dinov2Each(cases.map(({ words }) => words)).entries()) {
    const { file = '', content = '' } = cases[i] ?? {};
    expect(err).toBe(
      `dinov2: ${file}: expected what an earlier run left to go on with, got something else; move it away, or choose another output\n`,
    );
    expect(status).toBe(1);
    expect(inFolder(file).equals(Buffer.from(content))).toBe(true);
  }
});

test('a folder or a pipe of the name of a journal is refused, and not waited for', () => {
  mkdirSync(join(folder, 'folder.npy.part'));
  expect(spawnSync('mkfifo', [join(folder, 'pipe.npy.part')]).status).toBe(0);
  const commands = ['folder.npy', 'pipe.npy'].map((name) => [
    ...['embed', `${DIGITS}/one.png`, ...WORDS, '-o', name, '--resume'],
  ]);
  for (const { status, err } of dinov2Each(commands)) {
    expect({ status, err }).toMatchObject({ status: 1, err: expect.stringMatching(/got something else; /) });
  }
});

test.each([
  ['nothing', 0],
  ['half of its first line', 20],
])('a journal with %s in it is begun', async (_, length) => {
  const [first = ''] = await leaveJournal('begun.jsonl');
  put('begun.jsonl.part', first.slice(0, length));
  expect(dinov2('embed', 'many', ...WORDS, '-o', 'begun.jsonl', '--resume').status).toBe(0);
  expect(linesOf('begun.jsonl')).toHaveLength(40);
});

test('lines that a disk has damaged are computed again, and the others kept', async () => {
  expect(dinov2('embed', 'many', ...WORDS, '-o', 'sound.safetensors').status).toBe(0);
  const lines = await leaveJournal('damaged.safetensors');
  const damage: Readonly<Record<number, (line: string) => string>> = {
    2: (line) => line.replace(/.(?=.{40}$)/, (letter) => (letter === 'A' ? 'B' : 'A')),
    4: (line) => line.replace('many/', 'mamy/'),
    5: () => '\0'.repeat(300),
    7: (line) => line.slice(0, -100),
  };
  const damaged = lines.map((line, i) => damage[i]?.(line) ?? line);
  put('damaged.safetensors.part', `${damaged.join('\n')}\n`);
  const { status, err } = dinov2('embed', 'many', ...WORDS, '-o', 'damaged.safetensors', '--resume');
  expect(status).toBe(0);
  expect(err).toContain(`going on after ${lines.length - 1 - 4} of 40 images`);
  expect(inFolder('damaged.safetensors').equals(inFolder('sound.safetensors'))).toBe(true);
});

test('a model of which one weight of a matrix is another is refused', async () => {
  const model = join(folder, 'model');
  mkdirSync(model);
  for (const name of readdirSync(MODEL)) put(join('model', name), readFileSync(join(MODEL, name)));
  const words = ['many', '-m', model, '--batch-size', '4'];
  await runEmbed(words, 'model.npy', { images: 8, act: (child) => child.kill('SIGKILL') });
  const weights = inFolder('model/model.safetensors');
  const header = Number(weights.readBigUInt64LE(0));
  const tensors = JSON.parse(weights.toString('utf8', 8, 8 + header));
  const matrix = Object.keys(tensors).find((name) => name.endsWith('fc1.weight')) ?? '';
  weights.writeFloatLE(0.5, 8 + header + tensors[matrix].data_offsets[0]);
  put('model/model.safetensors', weights);
  const { status, err } = dinov2('embed', ...words, '-o', 'model.npy', '--resume');
  expect({ status, err }).toMatchObject({ status: 1, err: expect.stringMatching(/got model \w+ \(before/) });
});

test.each([
  ['a process that is no more', '999999999\n'],
  ['nobody, as a full disk leaves it', ''],
])('the lock of %s is taken over', (_, content) => {
  put('stale.jsonl.lock', content);
  expect(dinov2('embed', `${DIGITS}/one.png`, ...WORDS, '-o', 'stale.jsonl').status).toBe(0);
  expect(readdirSync(folder).filter((name) => name.startsWith('stale.'))).toEqual(['stale.jsonl']);
});

test('a file of something else of the name of a lock is left as it is', () => {
  put('other.jsonl.lock', '{"lockfileVersion": 3}');
  const { status, err } = dinov2('embed', `${DIGITS}/one.png`, ...WORDS, '-o', 'other.jsonl');
  expect(status).toBe(1);
  expect(err).toMatch(/got other\.jsonl\.lock, which is no lock of this command; wait for that, or remove/);
  expect(inFolder('other.jsonl.lock').toString()).toBe('{"lockfileVersion": 3}');
});

test('of runs that begin at the same moment, as many as write the output at once write it whole', async () => {
  put('race.jsonl.lock', '999999999\n');
  const runs = Array.from({ length: 3 }, () =>
    ended(startDinov2(['embed', 'many', ...WORDS, '-o', 'race.jsonl'])),
  );
  const all = await Promise.all(runs);
  for (const { status, err } of all) {
    if (status === 1) expect(err).toMatch(/expected to be the only run that writes it, got process \d+/);
    else expect(err).toMatch(/wrote 40 embeddings/);
  }
  expect(all.some(({ status }) => status === 0)).toBe(true);
  expect(linesOf('race.jsonl')).toHaveLength(40);
  expect(existsSync(join(folder, 'race.jsonl.lock'))).toBe(false);
});
