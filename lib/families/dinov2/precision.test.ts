/** Models whose weights are rounded. */
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../../backends/devices.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import { AutoModelForImageClassification } from '../auto.ts';
import { Dinov2Config } from './dinov2-config.ts';
import { Dinov2Model } from './dinov2-model.ts';

const DIGITS = fileURLToPath(new URL('../../../models/digits', import.meta.url));
const PIXELS = {
  data: Float32Array.from({ length: 2 * 3 * 28 * 28 }, (_, i) => Math.sin(i)),
  shape: [2, 3, 28, 28] as [number, number, number, number],
};
const CONFIG = new Dinov2Config({
  hiddenSize: 64,
  numHiddenLayers: 3,
  numAttentionHeads: 2,
  imageSize: 28,
  initializerRange: 0.1,
});

/** The largest difference of two outputs, as a share of the largest value. */
function difference(a: Float32Array, b: Float32Array): number {
  const largest = b.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? 0))), 0) / largest;
}

async function statesWith(precision?: 'f32' | 'f16' | 'i8'): Promise<Float32Array> {
  using model = await Dinov2Model.fromConfig(CONFIG, { seed: 3, ...(precision && { precision }) });
  using output = model.forward(PIXELS);
  return readFloat32(output.lastHiddenState);
}

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(async () => {
    await setDevice(device);
  });

  test('rounding costs what it should, and f32 is the default', async () => {
    const exact = await statesWith();
    expect(await statesWith('f32')).toEqual(exact);
    const halves = difference(await statesWith('f16'), exact);
    const eighths = difference(await statesWith('i8'), exact);
    expect(halves).toBeGreaterThan(1e-6);
    expect(halves).toBeLessThan(2e-3);
    expect(eighths).toBeGreaterThan(1e-3);
    expect(eighths).toBeLessThan(3e-2);
  });

  test('a checkpoint is rounded as it is loaded, and the model says so', async () => {
    using model = await AutoModelForImageClassification.fromPretrained(DIGITS, { precision: 'i8' });
    expect(model.precision).toBe('i8');
    expect(String(model)).toContain('precision: i8');
    using exact = await AutoModelForImageClassification.fromPretrained(DIGITS);
    expect(exact.precision).toBe('f32');
    expect(String(exact)).not.toContain('precision');
  });
});

test('another precision is refused', async () => {
  const wrong = { precision: 'int8' } as unknown as { precision: 'i8' };
  await expect(Dinov2Model.fromConfig(CONFIG, wrong)).rejects.toThrow(
    'Dinov2Model.fromConfig: precision: expected one of f32, f16, i8, got "int8"',
  );
  await expect(Dinov2Model.fromPretrained(DIGITS, wrong)).rejects.toThrow('precision: expected one of f32');
});
