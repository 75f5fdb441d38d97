import { TensorIndex } from './tensor-index.ts';

const data = (value: number) => ({ dtype: 'float32' as const, refCount: 1, values: Float32Array.of(value) });

function makeIndex() {
  const moved: object[] = [];
  const index: TensorIndex = new TensorIndex(null as never, {
    moveData: (_, dataId) => {
      moved.push(dataId);
      index.set(dataId, data(7));
    },
  });
  return { index, moved };
}

test('finds what an id of its own stands for, until it is deleted', () => {
  const { index } = makeIndex();
  const stored = data(1);
  const dataId = index.add(stored);
  expect(index.get(dataId)).toBe(stored);
  expect(index.has(dataId)).toBe(true);
  expect(index.numDataIds()).toBe(1);
  expect(index.delete(dataId)).toBe(true);
  expect(index.has(dataId)).toBe(false);
  expect(index.numDataIds()).toBe(0);
});

test('counts an id once, however often its data are replaced', () => {
  const { index } = makeIndex();
  for (const dataId of [index.add(data(1)), {}]) {
    index.set(dataId, data(2));
    index.set(dataId, data(3));
    expect(index.get(dataId).values).toEqual(Float32Array.of(3));
  }
  expect(index.numDataIds()).toBe(2);
});

test('has TF.js move the data of a strange id', () => {
  const { index, moved } = makeIndex();
  const dataId = {};
  expect(index.has(dataId)).toBe(false);
  expect(index.get(dataId).values).toEqual(Float32Array.of(7));
  expect(moved).toEqual([dataId]);
});

test('takes an id of its own back that was moved away', () => {
  const { index, moved } = makeIndex();
  const dataId = index.add(data(1));
  index.delete(dataId);
  expect(index.get(dataId).values).toEqual(Float32Array.of(7));
  expect(moved).toEqual([dataId]);
  expect(index.numDataIds()).toBe(1);
});

test('does not take the id of another index for its own', () => {
  const { index } = makeIndex();
  const { index: other } = makeIndex();
  expect(index.has(other.add(data(1)))).toBe(false);
});
