import * as tf from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import { registerSimd } from './register.ts';
import { currentSimd } from './testing/current-simd.ts';

beforeAll(async () => {
  tf.env().set('IS_NODE', false); // or the CPU backend greets with an advertisement
  await registerSimd({ threads: 2 });
});

beforeEach(async () => {
  await tf.setBackend('simd');
});

test('keeps TF.js’s count of data, so that its search for leaks finds none', () => {
  const before = currentSimd().numDataIds();
  tf.env().set('IS_TEST', true);
  try {
    tf.tidy(() => {
      const x = tf.ones([64, 64]);
      tf.matMul(tf.add(x, x), tf.concat([x, x], 1));
    });
  } finally {
    tf.env().set('IS_TEST', false);
  }
  expect(currentSimd().numDataIds()).toBe(before);
});

test('slices to the end where no size is given', () => {
  tf.tidy(() => {
    expect(tf.slice(tf.range(0, 4000), 3998).arraySync()).toEqual([3998, 3999]);
    expect(tf.slice(tf.ones([40, 100]), [8]).shape).toEqual([32, 100]);
  });
});

test('refuses a product of matrices that do not fit, large ones too', () => {
  tf.tidy(() => {
    const a = tf.ones([64, 64]);
    const b = tf.ones([65, 64]);
    expect(() => tf.matMul(a, b)).toThrow(/inner shapes/);
    expect(() => tf.matMul(a, b, false, true)).not.toThrow();
  });
});

test('keeps what a CPU kernel cut out of a tensor when that tensor is gone', () => {
  const x = tf.tidy(() => tf.add(tf.reshape(tf.range(0, 4096), [64, 64]), 0));
  const part = tf.slice(x, [2, 0], [1, 3]);
  const whole = part.arraySync();
  x.dispose();
  tf.tidy(() => void tf.square(tf.ones([64, 64])));
  expect(part.arraySync()).toEqual(whole);
  expect(whole).toEqual([[128, 129, 130]]);
  part.dispose();
});

test('takes a tensor back that another backend has used', async () => {
  const x = tf.tidy(() => tf.square(tf.range(0, 2048)));
  await tf.setBackend('cpu');
  const y = tf.add(x, 1);
  await tf.setBackend('simd');
  const z = tf.add(x, y);
  expect(Array.from(z.dataSync().subarray(0, 3))).toEqual([1, 3, 9]);
  tf.dispose([x, y, z]);
});

const { add, sub, mul, div, maximum, minimum } = tf;

test.each(Object.entries({ add, sub, mul, div, maximum, minimum }))(
  '%s of a few values is that of the CPU backend',
  async (_, op) => {
    const results: number[][] = [];
    for (const name of ['simd', 'cpu']) {
      await tf.setBackend(name);
      results.push(
        tf.tidy(() => {
          const a = tf.tensor1d([1.5, -2, Number.NaN, 0, 3e38]);
          const b = tf.tensor1d([0.1, 0, 1, Number.NaN, 3e38]);
          return Array.from(op(a, b).dataSync());
        }),
      );
    }
    expect(results[0]).toEqual(results[1]);
  },
);

test('gives up all memory when TF.js disposes of it, and starts anew', async () => {
  const { runtime } = currentSimd();
  const lost = tf.tidy(() => tf.square(tf.ones([64, 64])));
  expect(runtime.heap.blocks).toBeGreaterThan(0);
  tf.engine().reset();
  expect(runtime.heap.blocks).toBe(0);
  await tf.setBackend('simd');
  expect(() => currentSimd().runtime).not.toThrow();
  const sum = tf.tidy(() => tf.sum(tf.square(tf.ones([512, 512]))).dataSync()[0]);
  expect(sum).toBe(512 * 512);
  lost.dispose();
});

test('says so when a tensor is used whose backend is gone', () => {
  const old = currentSimd();
  const { dataId } = tf.square(tf.ones([64, 64]));
  tf.engine().reset();
  expect(() => old.readSync(dataId)).toThrow(DeviceError);
});
