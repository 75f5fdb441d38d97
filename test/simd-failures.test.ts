/** What is left when the memory is used up, or a caller asks for what can't be had. */
import { jest } from '@jest/globals';
import { matMul, memory, type Tensor2D, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import type { SimdBackend } from '../backends/simd/simd-backend.ts';
import { currentSimd } from '../backends/simd/testing/current-simd.ts';
import { DeviceError, OptionError } from '../errors/errors.ts';
import type { PixelValues } from '../images/pixel-values.ts';
import { Dinov2Model } from '../lib/families/dinov2/dinov2-model.ts';

const MODEL = new URL('../models/digits', import.meta.url).pathname;

let simd: SimdBackend;

beforeAll(async () => {
  await setDevice('simd', { threads: 2 });
  simd = currentSimd();
});

function ones(rows: number, columns: number): Tensor2D {
  return tensor2d(new Float32Array(rows * columns).fill(1), [rows, columns]);
}

test('a result that does not fit is a DeviceError, and leaves the backend as it was', () => {
  const [column, row] = [ones(40_000, 8), ones(8, 40_000)];
  expect(() => matMul(column, row)).toThrow(DeviceError);
  const { numTensors } = memory();
  const { blocks, bytesInUse } = simd.runtime.heap;
  for (let i = 0; i < 3; i++)
    expect(() => matMul(column, row)).toThrow(/MiB to fit into one WebAssembly memory/);
  expect({ blocks: simd.runtime.heap.blocks, bytesInUse: simd.runtime.heap.bytesInUse }).toEqual({
    blocks,
    bytesInUse,
  });
  expect(memory().numTensors).toBe(numTensors);
  tidy(() => expect(matMul(row, column).dataSync()[0]).toBe(40_000));
  column.dispose();
  row.dispose();
});

test('working space that does not fit is not handed out afterwards', () => {
  const { runtime } = simd;
  runtime.scratch(100_000);
  expect(() => runtime.scratch(2 ** 32)).toThrow(DeviceError);
  expect(runtime.scratch(1000).address).toBeGreaterThan(0);
});

test('a weight that does not fit leaves nothing in the memory', () => {
  const { heap } = simd.runtime;
  const { blocks, bytesInUse } = heap;
  const part = { bytes: new Uint8Array(0), dtype: 'F32', rows: 1 } as const;
  expect(() => simd.writeLinearWeight([part], [8, 2 ** 29], 'f32')).toThrow();
  expect({ blocks: heap.blocks, bytesInUse: heap.bytesInUse }).toEqual({ blocks, bytesInUse });
});

test.each([{}, { outputHiddenStates: true, outputAttentions: true }])(
  'wherever a forward pass (%p) runs out of memory, the next one finds all of it',
  async (options) => {
    const model = await Dinov2Model.fromPretrained(MODEL);
    const pixelValues: PixelValues = { data: new Float32Array(3 * 32 * 32).fill(0.5), shape: [1, 3, 32, 32] };
    const last = (): Float32Array => {
      using output = model.forward(pixelValues, options);
      return output.lastHiddenState.dataSync<'float32'>();
    };
    const expected = last();
    const { heap } = simd.runtime;
    const { blocks, bytesInUse } = heap;
    let failures = 0;
    for (let succeeded = false; !succeeded; ) {
      let left = failures;
      const allocate = heap.allocate.bind(heap);
      const spy = jest.spyOn(heap, 'allocate').mockImplementation((bytes) => {
        if (left-- === 0) throw new DeviceError('no more');
        return allocate(bytes);
      });
      try {
        expect(last()).toEqual(expected);
        succeeded = true;
      } catch (error) {
        expect(error).toBeInstanceOf(DeviceError);
        failures++;
      } finally {
        spy.mockRestore();
      }
      expect({ blocks: heap.blocks, bytesInUse: heap.bytesInUse }).toEqual({ blocks, bytesInUse });
    }
    expect(failures).toBeGreaterThan(20);
    model.dispose();
  },
);

test.each([1_000, 1e9, 0, -1, 1.5, Number.NaN])('%p threads are refused', async (threads) => {
  await expect(setDevice('simd', { threads })).rejects.toThrow(OptionError);
  expect(simd.runtime.threads).toBe(2);
});
