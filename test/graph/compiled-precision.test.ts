/** Models in 8 bits on ONNX Runtime. */
import * as runtime from 'onnxruntime-web';
import '../../graph/testing/baseline-wasm.ts';
import { setDevice } from '../../backends/devices.ts';
import { OptionError } from '../../errors/errors.ts';
import type { CompileOptions } from '../../graph/engines/compile.ts';
import { compile } from '../../graph/engines/compile.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

beforeAll(() => setDevice('cpu'));

const PIXELS = waves([2, 3, 16, 16]);
/** What 8 bits of activations cost; rounding to float32 is a thousandth of it. */
const EIGHT_BITS = 0.05;

/** The precision of a compiled model, and how far it is from the model. */
async function compiled(model: Dinov2Model, options: CompileOptions = {}): Promise<[string, number]> {
  const other = await compile(model, { runtime, ...options });
  using output = await other.forward(PIXELS);
  using expected = model.forward(PIXELS);
  const difference = relativeDifference(
    output.lastHiddenState.dataSync(),
    expected.lastHiddenState.dataSync(),
  );
  await other.dispose();
  return [other.precision, difference];
}

test('a model in float32 is compiled so, or in 8 bits', async () => {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 3 });
  const [exact, none] = await compiled(model);
  expect(exact).toBe('f32');
  expect(none).toBeLessThan(1e-5);
  const [rounded, some] = await compiled(model, { precision: 'i8' });
  expect(rounded).toBe('i8');
  expect(some).toBeGreaterThan(1e-5);
  expect(some).toBeLessThan(EIGHT_BITS);
});

test('a model in 8 bits stays so, unless its products are to be of float32', async () => {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 3, precision: 'i8' });
  const [rounded, some] = await compiled(model);
  expect(rounded).toBe('i8');
  expect(some).toBeGreaterThan(1e-5);
  expect(some).toBeLessThan(EIGHT_BITS);
  const [exact, none] = await compiled(model, { precision: 'f32' });
  expect(exact).toBe('f32');
  expect(none).toBeLessThan(1e-5);
});

test('a model in 16 bits is compiled in float32, and nothing can be compiled in 16', async () => {
  using model = await Dinov2Model.fromConfig(SMALL, { seed: 3, precision: 'f16' });
  const [exact, none] = await compiled(model);
  expect(exact).toBe('f32');
  expect(none).toBeLessThan(1e-5);
  const asked = compile(model, { runtime, precision: 'f16' } as unknown as CompileOptions);
  await expect(asked).rejects.toThrow(OptionError);
  await expect(asked).rejects.toThrow('precision must be f32 or i8, as ONNX Runtime widens');
});
