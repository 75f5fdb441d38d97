/** What gradients are given, and what is left behind; that they are PyTorch's, `conformance/` tests. */
import {
  dispose,
  engine,
  grads,
  mean,
  mul,
  type Scalar,
  square,
  sum,
  type Tensor,
  tensor,
  tensor1d,
  tensor4d,
} from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { assign } from '../../ops/assign.ts';
import { registerGradients } from '../../ops/gradients/register-gradients.ts';
import { relativeDifference } from '../../testing/close.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../testing/small-model.ts';
import { type GradientOptions, type ValueAndGradients, valueAndGradients } from './value-and-gradients.ts';

const CONFIG = SMALL.with({ numLabels: 3, layerscaleValue: 0.5, initializerRange: 0.2 });
const PIXELS = waves([2, 3, 16, 16]);
const ODD_PIXELS = waves([2, 3, 20, 13]);

/** The values of everything that comes back, which is freed. */
function valuesOf({ loss, output, gradients, pixelGradients }: ValueAndGradients<{ dispose(): void }>): {
  loss: number;
  gradients: Map<string, Float32Array>;
  pixels: Float32Array | undefined;
} {
  const values = {
    loss: loss.dataSync()[0] ?? Number.NaN,
    gradients: new Map([...gradients].map(([name, each]) => [name, each.dataSync<'float32'>()])),
    pixels: pixelGradients?.dataSync<'float32'>(),
  };
  output.dispose();
  dispose([loss, ...gradients.values()]);
  pixelGradients?.dispose();
  return values;
}

async function classifierGradients(
  model: Dinov2ForImageClassification,
  options: GradientOptions<{ named: ReadonlyMap<string, Tensor> }> & {
    pixelValues?: typeof PIXELS;
    dropping?: boolean;
  } = {},
): Promise<ReturnType<typeof valuesOf>> {
  const { pixelValues = PIXELS, dropping = false, ...rest } = options;
  const labels = tensor1d([2, 0], 'int32');
  const training = {
    uniform: (name: string, size: number) => new Float32Array(size).fill(name.endsWith('1') ? 0.9 : 0.1),
  };
  try {
    return valuesOf(
      await valueAndGradients(model, pixelValues, { labels, ...rest, ...(dropping && { training }) }),
    );
  } finally {
    labels.dispose();
  }
}

function change(parameter: Tensor, values: Float32Array): void {
  const value = tensor(values, parameter.shape);
  assign(parameter, value);
  value.dispose();
}

async function withClassifier(
  run: (model: Dinov2ForImageClassification) => Promise<void>,
  config = CONFIG,
): Promise<void> {
  using model = await Dinov2ForImageClassification.fromConfig(config, { seed: 4 });
  await run(model);
}

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(() => setDevice(device));

  test('blocks that keep only their input have the gradients of those that keep all', () =>
    withClassifier(async (model) => {
      const recomputed = await classifierGradients(model, { pixels: true });
      const kept = await classifierGradients(model, { pixels: true, gradientCheckpointing: false });
      expect(recomputed.loss).toBe(kept.loss);
      expect([...recomputed.gradients.keys()]).toEqual([...kept.gradients.keys()]);
      for (const [name, gradient] of recomputed.gradients) {
        expect(relativeDifference(gradient, kept.gradients.get(name) ?? [])).toBeLessThan(1e-5);
      }
      expect(relativeDifference(recomputed.pixels ?? [], kept.pixels ?? [])).toBeLessThan(1e-5);
    }));

  test('a gradient is the slope of the loss', () =>
    withClassifier(async (model) => {
      const { gradients } = await classifierGradients(model, { pixelValues: ODD_PIXELS });
      const labels = tensor1d([2, 0], 'int32');
      for (const [name, gradient] of gradients) {
        const parameter = model.parameters.get(name) as Tensor;
        const before = parameter.dataSync<'float32'>().slice();
        const norm = Math.hypot(...gradient);
        // the loss moves by a hundredth; of the bias of keys by nothing, as a softmax doesn't see it
        const step = 5e-3 / Math.max(norm ** 2, 1e-3);
        const [up, down] = [step, -step].map((length) => {
          change(
            parameter,
            before.map((value, i) => value + length * (gradient[i] ?? 0)),
          );
          using output = model.forward(ODD_PIXELS, { labels });
          return output.loss?.dataSync()[0] ?? Number.NaN;
        }) as [number, number];
        change(parameter, before);
        expect(Math.abs((up - down) / (2 * step) - norm ** 2)).toBeLessThan(0.02 * norm ** 2 + 1e-3);
      }
      labels.dispose();
    }));

  test('asked again, they are the same bits', () =>
    withClassifier(async (model) => {
      const once = await classifierGradients(model, { pixelValues: ODD_PIXELS, pixels: true });
      const again = await classifierGradients(model, { pixelValues: ODD_PIXELS, pixels: true });
      expect(again).toEqual(once);
    }));

  test('of what is trained, the gradients are those that all have', () =>
    withClassifier(async (model) => {
      const all = await classifierGradients(model);
      const single = [['blocks.0.ls1'], ['blocks.1.mlp.fc1.bias']] as const;
      for (const parts of ['head', 'last 1', ['blocks.0.attn', 'pos_embed'], ...single] as const) {
        const names = model.trainable(parts);
        const some = await classifierGradients(model);
        expect([...some.gradients.keys()]).toEqual(names);
        for (const [name, gradient] of some.gradients) {
          expect(relativeDifference(gradient, all.gradients.get(name) ?? [])).toBeLessThan(1e-5);
        }
      }
    }));
});

test('with nothing trained before them, blocks keep nothing for gradients', () =>
  withClassifier(async (model) => {
    const kept = async (parts: Parameters<typeof model.trainable>[0]): Promise<number> => {
      model.trainable(parts);
      let bytes = 0;
      const before = engine().memory().numBytes;
      const loss = ({ named }: { named: ReadonlyMap<string, Tensor> }): Scalar => {
        bytes = engine().memory().numBytes - before;
        return mean(named.get('logits') as Tensor);
      };
      valuesOf(await valueAndGradients(model, PIXELS, { loss, gradientCheckpointing: false }));
      return bytes;
    };
    const [head, last, all] = [await kept('head'), await kept('last 1'), await kept('all')];
    expect(head).toBeLessThan(0.2 * last);
    expect(last).toBeLessThan(0.6 * all);
  }));

test("TF.js's own functions give the same gradients", () =>
  withClassifier(async (model) => {
    const all = await classifierGradients(model);
    await registerGradients();
    const parameters = [...model.parameters].filter(([name]) => all.gradients.has(name));
    const labels = tensor1d([2, 0], 'int32');
    const pixels = tensor4d(PIXELS.data, [2, 3, 16, 16]);
    const loss = (): Tensor => model.forward(pixels, { labels }).loss as Tensor;
    const found = grads(loss)(parameters.map(([, parameter]) => parameter));
    for (const [i, [name]] of parameters.entries()) {
      expect(relativeDifference(found[i]?.dataSync() ?? [], all.gradients.get(name) ?? [])).toBeLessThan(
        1e-5,
      );
    }
    dispose([labels, pixels, found]);
  }));

test('any function of the output may be the loss, and what it does not depend on has no gradient', async () => {
  using model = await Dinov2Model.fromConfig(CONFIG, { seed: 4 });
  const loss = ({ poolerOutput }: { poolerOutput: Tensor }): Scalar => sum(square(poolerOutput));
  const { gradients } = valuesOf(await valueAndGradients(model, PIXELS, { loss }));
  expect(gradients.has('cls_token')).toBe(true);
  expect(gradients.has('mask_token')).toBe(false);
});

test('what a configuration says is dropped, is dropped with random numbers', () =>
  withClassifier(
    async (model) => {
      const kept = await classifierGradients(model);
      const dropped = await classifierGradients(model, { dropping: true });
      expect(dropped.loss).not.toBe(kept.loss);
      // the first branch of every block is kept, and the second dropped
      expect(dropped.gradients.get('blocks.0.attn.proj.bias')?.some((value) => value !== 0)).toBe(true);
      expect(dropped.gradients.get('blocks.0.mlp.fc2.bias')?.every((value) => value === 0)).toBe(true);
      expect(await classifierGradients(model, { dropping: true })).toEqual(dropped);
    },
    CONFIG.with({ dropPathRate: 0.5, hiddenDropoutProb: 0.5, attentionProbsDropoutProb: 0.5 }),
  ));

test('positions that were made for a size follow the table', () =>
  withClassifier(async (model) => {
    const logits = (): Float32Array => {
      using output = model.forward(ODD_PIXELS);
      return output.logits.dataSync<'float32'>().slice();
    };
    const before = logits();
    const table = model.parameters.get('pos_embed') as Tensor;
    const other = mul(table, 3);
    assign(table, other);
    other.dispose();
    expect(relativeDifference(logits(), before)).toBeGreaterThan(1e-3);
  }));

test('what goes wrong on the way leaves nothing behind', () =>
  withClassifier(async (model) => {
    const labels = tensor1d([2, 0], 'int32');
    const before = engine().memory().numTensors;
    const refused = (options: Parameters<typeof classifierGradients>[1]) =>
      expect(valueAndGradients(model, PIXELS, options ?? {})).rejects;
    await refused({}).toThrow('valueAndGradients: expected a loss, got an output without one; give labels');
    const logits = ({ named }: { named: ReadonlyMap<string, Tensor> }) => named.get('logits') as Scalar;
    await refused({ loss: logits }).toThrow('expected a loss that is one number, got [2, 3]');
    const fails = (): Scalar => {
      throw new Error('mine');
    };
    await refused({ loss: fails }).toThrow('mine');
    model.trainable('none');
    await refused({}).toThrow('expected parameters that are trained, got none; call');
    expect(engine().memory().numTensors).toBe(before);
    labels.dispose();
  }));
