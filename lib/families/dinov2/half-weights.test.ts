/** Weights that `simd` keeps in 16 bits. */
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../../backends/devices.ts';
import { currentSimd } from '../../../backends/simd/testing/current-simd.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import { Dinov2Model } from './dinov2-model.ts';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../conformance/fixtures/models/${name}`, import.meta.url));
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
