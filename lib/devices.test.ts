/** Choosing what computes, and how it keeps weights. */
import { fileURLToPath } from 'node:url';
import { currentSimd } from '../backends/simd/testing/current-simd.ts';
import { OptionError } from '../errors/errors.ts';
import { setDevice } from './devices.ts';
import { Dinov2Model } from './families/dinov2/dinov2-model.ts';
import { readFloat32 } from './tasks/read-tensor.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../conformance/fixtures/models/${name}`, import.meta.url));
const pixels = {
  data: Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i)),
  shape: [1, 3, 24, 24] as [number, number, number, number],
};

async function run(name: string): Promise<{ values: Float32Array; bytes: number }> {
  const { heap } = currentSimd().runtime;
  const before = heap.bytesInUse;
  using model = await Dinov2Model.fromPretrained(fixture(name));
  const bytes = heap.bytesInUse - before;
  using output = model.forward(pixels);
  return { values: await readFloat32(output.lastHiddenState), bytes };
}

test.each(['float16', 'bfloat16'])(
  '%s weights in 16 bits give the same numbers in less memory',
  async (name) => {
    await setDevice('simd', { halfWeights: false });
    const whole = await run(name);
    await setDevice('simd', { halfWeights: true });
    const half = await run(name);
    await setDevice('simd', { halfWeights: false });
    expect(half.values).toEqual(whole.values);
    expect(half.bytes).toBeLessThan(0.7 * whole.bytes);
  },
);

test('an unknown option is refused by name', async () => {
  const misspelt: object = { thread: 2 };
  await expect(setDevice('simd', misspelt)).rejects.toThrow(OptionError);
  await expect(setDevice('simd', misspelt)).rejects.toThrow('threads, halfWeights, got thread');
});

test('webgpu is refused', async () => {
  await expect(setDevice('webgpu')).rejects.toThrow('webgpu is not available in this version; use "simd"');
});

test.each(['tensorflow', 'cuda'] as const)('%s is refused outside of Node', async (device) => {
  const { process: node } = globalThis;
  Reflect.deleteProperty(globalThis, 'process');
  try {
    await expect(setDevice(device)).rejects.toThrow(
      `setDevice: ${device} is native code, expected Node, got a browser`,
    );
  } finally {
    globalThis.process = node;
  }
});
