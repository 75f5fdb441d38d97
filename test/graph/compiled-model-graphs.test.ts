/** Which graphs compiled models keep, and when they let go of them. */

import { setDevice } from '../../backends/devices.ts';
import { Dinov2Error } from '../../errors/errors.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../graph/engines/testing/graph-engine.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../../lib/testing/small-model.ts';
import { close, withCompiled } from './with-compiled.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

describe('graphs', () => {
  test('one for each size of images, whatever the batch', () =>
    withCompiled(async (compiled, engine) => {
      for (const shape of [
        [1, 3, 16, 16],
        [3, 3, 16, 16],
        [1, 3, 16, 20],
        [2, 3, 16, 20],
      ] as const) {
        using output = await compiled.forward(waves(shape));
        expect(output.poolerOutput.shape).toEqual([shape[0], 16]);
      }
      expect(engine.runs).toEqual([2, 2]);
      expect(engine.released).toEqual([0, 0]);
    }));

  test('the same outputs asked for in other words are the same graph', () =>
    withCompiled(async (compiled, engine) => {
      const pixels = waves([1, 3, 16, 16]);
      for (const options of [
        {},
        { outputHiddenStates: false },
        { outputHiddenStates: false, outputAttentions: false },
      ]) {
        using _ = await compiled.forward(pixels, options);
      }
      for (const outputHiddenStates of [true, [0, 1, 2], [0, 1, -1]]) {
        using _ = await compiled.forward(pixels, { outputHiddenStates });
      }
      expect(engine.runs).toEqual([3, 3]);
    }));

  test('the one that was used longest ago is let go of first', () =>
    withCompiled(async (compiled, engine) => {
      for (const width of [16, 20, 16, 24]) {
        using _ = await compiled.forward(waves([1, 3, 16, width]));
      }
      expect(engine.released).toEqual([0, 1, 0]);
      using _ = await compiled.forward(waves([1, 3, 16, 16]));
      expect(engine.runs).toEqual([3, 1, 1]);
      using __ = await compiled.forward(waves([1, 3, 16, 20]));
      expect(engine.made).toHaveLength(4);
      expect(engine.released).toEqual([0, 1, 1, 0]);
    }));

  test('passes at the same time share one', () =>
    withCompiled(async (compiled, engine) => {
      const pixels = waves([1, 3, 16, 16]);
      const outputs = await Promise.all([1, 2, 3].map(() => compiled.forward(pixels)));
      expect(engine.runs).toEqual([3]);
      for (const output of outputs) output.dispose();
    }));

  test('one that is running is let go of when it is done', () =>
    withCompiled(async (compiled, engine) => {
      const widths = [16, 20, 24, 28];
      const outputs = await Promise.all(widths.map((width) => compiled.forward(waves([1, 3, 16, width]))));
      expect(outputs.map(({ lastHiddenState }) => lastHiddenState.shape[1])).toEqual([20, 24, 28, 32]);
      expect(engine.runs).toEqual([1, 1, 1, 1]);
      expect(engine.released.filter((times) => times === 1)).toHaveLength(3);
      for (const output of outputs) output.dispose();
    }, 1));

  test('what failed is tried anew', () =>
    withCompiled(async (compiled, engine) => {
      const pixels = waves([1, 3, 16, 16]);
      engine.beforeMaking = async () => {
        throw new RangeError('no memory');
      };
      await expect(compiled.forward(pixels)).rejects.toThrow('no memory');
      engine.beforeMaking = async () => undefined;
      engine.beforeRunning = async () => {
        throw new RangeError('device lost');
      };
      const both = await Promise.allSettled([compiled.forward(pixels), compiled.forward(pixels)]);
      expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      expect(engine.released).toEqual([1]);
      engine.beforeRunning = async () => undefined;
      using output = await compiled.forward(pixels);
      expect(output.poolerOutput.shape).toEqual([1, 16]);
      expect(engine.made).toHaveLength(2);
    }));

  test('those that are there go on without the model, new ones need it', async () => {
    const model = await Dinov2Model.fromConfig(SMALL);
    const compiled = new CompiledModel(model, new GraphEngine().engine, 2);
    const unread = compiled.forward(waves([1, 3, 16, 16]));
    (await unread).dispose();
    model.dispose();
    await expect(compiled.forward(waves([1, 3, 16, 20]))).rejects.toThrow(/must come before dispose\(\)/);
    await compiled.dispose();
  });
});

describe('dispose', () => {
  test('lets go of every graph once, however often it is called', () =>
    withCompiled(async (compiled, engine) => {
      for (const width of [16, 20]) (await compiled.forward(waves([1, 3, 16, width]))).dispose();
      await Promise.all([compiled.dispose(), compiled.dispose()]);
      await compiled.dispose();
      expect(engine.released).toEqual([1, 1]);
    }));

  test('ends forward and outputs', () =>
    withCompiled(async (compiled) => {
      await compiled.dispose();
      for (const attempt of [
        compiled.forward(waves([1, 3, 16, 16])),
        compiled.outputs(waves([1, 3, 16, 16]), ['pooler_output']),
      ]) {
        await expect(attempt).rejects.toThrow(Dinov2Error);
        await expect(attempt).rejects.toThrow(
          /forward\(\) must come before dispose\(\), got a call after it/,
        );
      }
    }));

  test('waits for what is running', () =>
    withCompiled(async (compiled, engine) => {
      (await compiled.forward(waves([1, 3, 16, 16]))).dispose();
      let goOn = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        engine.beforeRunning = () => {
          resolve();
          return new Promise((done) => {
            goOn = done;
          });
        };
      });
      const running = compiled.forward(waves([1, 3, 16, 16]));
      await reached;
      const gone = compiled.dispose();
      expect(engine.released).toEqual([0]);
      goOn();
      await gone;
      expect(engine.released).toEqual([1]);
      (await running).dispose();
    }));

  test('lets go of what a pass makes that began before it', () =>
    withCompiled(async (compiled, engine, model) => {
      const begun = compiled.forward(waves([1, 3, 16, 16]));
      const [output] = await Promise.all([begun, compiled.dispose()]);
      using expected = model.forward(waves([1, 3, 16, 16]));
      close(output, expected);
      output.dispose();
      expect(engine.released).toEqual([1]);
    }));

  test('comes at the end of a block', () =>
    withCompiled(async (compiled, engine) => {
      {
        await using closing = compiled;
        (await closing.forward(waves([1, 3, 16, 16]))).dispose();
      }
      expect(engine.released).toEqual([1]);
    }));
});
