/** Reading one tensor ahead. */
import type { Checkpoint } from './checkpoint.ts';
import { ReadAhead } from './read-ahead.ts';

/** A checkpoint that notes what is read from it; `bad` can't be read. */
function noting(names: readonly string[]): { checkpoint: Checkpoint; read: string[] } {
  const read: string[] = [];
  const checkpoint: Checkpoint = {
    where: 'test',
    tensors: new Map(),
    metadata: {},
    read: async (name) => {
      read.push(name);
      if (name === 'bad') throw new Error('unreadable');
      return Uint8Array.of(names.indexOf(name));
    },
    close: async () => undefined,
  };
  return { checkpoint, read };
}

test('the next tensor is read before it is asked for, and each only once', async () => {
  const names = ['a', 'b', 'c'];
  const { checkpoint, read } = noting(names);
  const source = new ReadAhead(checkpoint, names);
  expect([...(await source.read('a'))]).toEqual([0]);
  expect(read).toEqual(['a', 'b']);
  expect([...(await source.read('b'))]).toEqual([1]);
  expect([...(await source.read('c'))]).toEqual([2]);
  expect(read).toEqual(names);
});

test('what is asked for out of order is read as it comes', async () => {
  const names = ['a', 'b', 'c'];
  const { checkpoint } = noting(names);
  const source = new ReadAhead(checkpoint, names);
  for (const name of ['c', 'a', 'b', 'a'])
    expect([...(await source.read(name))]).toEqual([names.indexOf(name)]);
});

test('a tensor that cannot be read fails for whoever asks for it, and for nobody else', async () => {
  const { checkpoint } = noting(['a', 'bad']);
  const source = new ReadAhead(checkpoint, ['a', 'bad']);
  await source.read('a');
  await source.settle();
  await expect(source.read('bad')).rejects.toThrow('unreadable');
});
