/** Recordings: what they leave behind, and what they refuse. */
import * as tf from '@tensorflow/tfjs-core';
import { engine, getBackend, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { OptionError, TraceError } from '../../errors/errors.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { operationsOf } from '../ir/graph.ts';
import { UNTRACEABLE } from '../testing/reading-programs.ts';
import { programOf, valuesOnOnes } from '../testing/traced.ts';
import { type Example, type Program, record } from './record.ts';
import { traceProgram } from './trace-program.ts';

const X: Example = { name: 'x', shape: [2, 3], dtype: 'float32' };

beforeAll(() => setDevice('cpu'));

/** A program that the compiler would refuse. */
function untyped(run: (x: Tensor) => unknown): Program {
  return (({ x }) => run(x as Tensor)) as Program;
}

describe('a program that reads what depends on its inputs', () => {
  test.each(Object.keys(UNTRACEABLE))('%s is refused, and the place named', (name) => {
    const run = () =>
      record(
        untyped((x) => ({ y: UNTRACEABLE[name]?.(x) })),
        [X],
      );
    expect(run).toThrow(TraceError);
    expect(run).toThrow(/^trace: expected .*, got .* at .*reading-programs\.ts:\d+:\d+\)?; compute /);
  });

  test('the message says what is read', () => {
    expect(() =>
      record(
        programOf((x) => tf.tensor(x.dataSync())),
        [X],
      ),
    ).toThrow(/an input, float32 \[2, 3\]/);
    expect(() =>
      record(
        programOf((x) => tf.tensor(tf.sum(x, 1).dataSync())),
        [X],
      ),
    ).toThrow(/what Sum gave, float32 \[2\]/);
  });

  test('the limit of stack traces stays', () => {
    const { stackTraceLimit } = Error;
    // no other test can have left this one
    Error.stackTraceLimit = stackTraceLimit + 7;
    try {
      expect(() =>
        record(
          programOf((x) => tf.tensor(x.dataSync())),
          [X],
        ),
      ).toThrow(TraceError);
      expect(Error.stackTraceLimit).toBe(stackTraceLimit + 7);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });

  test('a kernel that graphs have not is named with its inputs', () => {
    expect(() =>
      record(
        programOf((x) => tf.cumsum(x, 1)),
        [X],
      ),
    ).toThrow(/the kernel Cumsum \(x \[2, 3\]\)/);
  });
});

describe('what a program may not return', () => {
  test.each([
    ['nothing', untyped(() => undefined), /got undefined/],
    ['null', untyped(() => null), /got null/],
    ['a number', untyped(() => 7), /got 7/],
    ['no outputs', untyped(() => ({})), /got none/],
    ['a tensor without a name', untyped((x) => tf.exp(x)), /got a tensor without a name; return/],
    ['something else among tensors', untyped((x) => ({ x, list: [1] })), /got \[1\] as "list"/],
    ['nothing by a name', untyped((x) => ({ x, none: undefined })), /got undefined as "none"/],
    ['a promise', untyped(async (x) => ({ y: tf.exp(x) })), /got a promise; await/],
    ['a promise that fails', untyped(async (x) => ({ y: await x.data() })), /got a promise; await/],
  ])('%s', (_, program, message) => {
    const run = () => record(program, [X]);
    expect(run).toThrow(OptionError);
    expect(run).toThrow(message);
  });

  test('a tensor that is disposed', () => {
    const program = programOf((x) => {
      const y = tf.exp(x);
      y.dispose();
      return y;
    });
    expect(() => record(program, [X])).toThrow(/one that is disposed as "y"/);
  });

  test.each([
    ['strings', () => tf.tensor1d(['a'])],
    ['complex numbers', () => tf.complex([1], [2])],
  ])('%s', (_, make) => {
    expect(() => record(programOf(make), [X])).toThrow(/expected tensors of float32, int32 or bool, got/);
  });
});

describe('afterwards', () => {
  test('the backend is the one from before', () => {
    const before = getBackend();
    record(programOf(tf.exp), [X]);
    expect(getBackend()).toBe(before);
    expect(engine().backendNames()).not.toContain('dinov2-trace');
  });

  test('the same after a program that throws, which is passed on', () => {
    const [before, tensors] = [getBackend(), tf.memory().numTensors];
    const fail = programOf((x) => {
      tf.keep(tf.exp(x));
      throw new RangeError('mine');
    });
    expect(() => record(fail, [X])).toThrow(RangeError);
    expect(getBackend()).toBe(before);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('nothing is left of tensors without values, even if they are kept', () => {
    const { numTensors, numDataBuffers } = tf.memory();
    const kept: Tensor[] = [];
    record(
      programOf((x) => {
        kept.push(tf.keep(tf.exp(x)), tf.keep(x));
        return tf.tidy(() => tf.neg(tf.square(x)));
      }),
      [X],
    );
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers });
    expect(kept.map(({ isDisposed }) => isDisposed)).toEqual([true, true]);
  });

  test('what is kept of known values stays usable', async () => {
    let table: Tensor | undefined;
    const program = programOf((x) => {
      table ??= tf.keep(tf.mul(tf.tensor1d([1, 2, 3]), 2));
      return tf.mul(x, table);
    });
    const graph = record(program, [X]);
    expect([...(table?.dataSync() ?? [])]).toEqual([2, 4, 6]);
    const doubled = tf.add(table as Tensor, 1);
    expect([...doubled.dataSync()]).toEqual([3, 5, 7]);
    tf.dispose([doubled, table as Tensor]);
    expect(await valuesOnOnes(graph)).toEqual([2, 4, 6, 2, 4, 6]);
  });

  test('the same where the kept values are first needed by the first of two recordings', async () => {
    let table: Tensor | undefined;
    const program = programOf((x) => {
      table ??= tf.keep(tf.mul(tf.tensor1d([1, 2, 3]), 2));
      return tf.mul(x, table);
    });
    const graph = await traceProgram(program, [{ ...X, shape: [BATCH, 3] }]);
    table?.dispose();
    expect(await valuesOnOnes(graph)).toEqual([2, 4, 6, 2, 4, 6]);
  });
});

describe('programs in programs', () => {
  test('tracing is refused while a program is being traced', () => {
    const nested = programOf((x) => {
      record(programOf(tf.exp), [X]);
      return x;
    });
    const before = getBackend();
    expect(() => record(nested, [X])).toThrow(TraceError);
    expect(() => record(nested, [X])).toThrow(/outside of programs/);
    expect(getBackend()).toBe(before);
  });

  test('tidy, keep, clone and dispose are of no account', async () => {
    const graph = record(
      programOf((x) => {
        const twice = tf.tidy(() => tf.add(x.clone(), x));
        const result = tf.square(twice);
        twice.dispose();
        return result;
      }),
      [X],
    );
    expect(operationsOf(graph).map(({ kernel }) => kernel)).toEqual(['Add', 'Square']);
    expect(await valuesOnOnes(graph)).toEqual([4, 4, 4, 4, 4, 4]);
  });

  test('an output may be an input, a constant, or the same twice', async () => {
    const program: Program = ({ x }) => {
      const y = tf.exp(x as Tensor);
      return { x: x as Tensor, y, again: y, one: tf.scalar(1) };
    };
    const { inputs, outputs } = record(program, [X]);
    expect(outputs.get('x')).toBe(inputs[0]);
    expect(outputs.get('again')).toBe(outputs.get('y'));
    expect(outputs.get('one')).toMatchObject({ kind: 'constant', shape: [], dtype: 'float32' });
  });
});

describe('forms of kernels that graphs have not', () => {
  const P: Example = { name: 'x', shape: [1, 6, 6, 2], dtype: 'float32' };
  const filter = (): Tensor4D => tf.ones([3, 3, 2, 2]);

  test.each<[string, Program, Example, RegExp]>([
    [
      'steps of more than one',
      programOf((x) => tf.stridedSlice(x, [0, 0], [2, 3], [1, 2])),
      X,
      /StridedSlice of float32 \[2, 3\]: expected steps of 1/,
    ],
    [
      'batches of indices',
      programOf((x) => tf.gather(x, tf.tensor2d([0, 1], [2, 1], 'int32'), 1, 1)),
      X,
      /expected batchDims 0/,
    ],
    [
      'channels first',
      programOf((x) => tf.conv2d(x as Tensor4D, tf.ones([2, 2, 6, 1]), 1, 'valid', 'NCHW')),
      P,
      /expected dataFormat NHWC/,
    ],
  ])('%s', (_, program, input, message) => {
    expect(() => record(program, [input])).toThrow(TraceError);
    expect(() => record(program, [input])).toThrow(message);
  });

  test.each(['floor', 'ceil', 'round'] as const)('sizes that are rounded by %s', async (mode) => {
    const program = programOf((x) => tf.conv2d(x as Tensor4D, filter(), 2, 1, 'NHWC', [1, 1], mode));
    const x = tf.randomUniform([1, 6, 6, 2], -1, 1, 'float32', 1);
    const eager = tf.tidy(() => program({ x }).y as Tensor);
    const { y } = await evaluate(record(program, [P]), { x });
    expect(y?.shape).toEqual(eager.shape);
    expect(y?.dataSync()).toEqual(eager.dataSync());
    tf.dispose([x, eager, y as Tensor]);
  });
});
