/** Kernels that compute each value by itself, and those that pair values. */
import { upcastType } from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { Lowering, OnnxBuilder } from '../../ops/onnx-builder.ts';
import {
  type Call,
  type GraphDtype,
  inputOf,
  numberOf,
  type Operation,
  type Typed,
  type Value,
} from '../../ops/operation.ts';
import { sameShape, showShape } from '../../shapes/batch-dimension.ts';
import { graphDtype } from '../record/graph-dtype.ts';
import {
  ALL,
  type Alias,
  FLOATS,
  type Kernel,
  NUMBERS,
  operation,
  refused,
  TRUTHS,
  toOperator,
} from './kernel.ts';

/** Kernels that are one operator of one float32 input, of the same name. */
const OF_FLOATS = [
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'Ceil',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'Log',
  'Reciprocal',
  'Round',
  'Selu',
  'Sigmoid',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Tan',
  'Tanh',
];

/** The same for whole numbers too. */
const OF_NUMBERS = ['Abs', 'Neg', 'Relu', 'Sign'];

/** Kernels that are one operator of two numbers, and its name. */
const ARITHMETIC = { Maximum: 'Max', Minimum: 'Min', Pow: 'Pow' };

/** Comparisons that are one operator of two numbers, and its name. */
const COMPARISONS = {
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
};

/** One value of each value x. */
function unary(
  name: string,
  dtypes: readonly GraphDtype[],
  lower: Lowering = toOperator(name, 'x'),
  attributes: readonly string[] = [],
): Kernel {
  return {
    name,
    dtypes,
    lower,
    infer: (call) => inputOf(call, 'x'),
    attributesOf: (call) => Object.fromEntries(attributes.map((each) => [each, numberOf(call, each)])),
  };
}

/** One truth value of each value x. */
function predicate(name: string, dtypes: readonly GraphDtype[], operator: string): Kernel {
  const infer: Kernel['infer'] = (call) => ({ ...inputOf(call, 'x'), dtype: 'bool' });
  return { ...unary(name, dtypes, toOperator(operator, 'x')), infer };
}

/**
 * One value of each pair of values a and b.
 *
 * @param dtype of the result; absent: the wider one of the two
 */
function paired(
  name: string,
  dtypes: readonly GraphDtype[],
  lower: Lowering | string,
  dtype?: GraphDtype,
): Kernel {
  return {
    name,
    dtypes,
    lower: typeof lower === 'string' ? toOperator(lower, 'a', 'b') : lower,
    infer(call) {
      const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
      return { shape: broadcast(a, b), dtype: dtype ?? graphDtype(upcastType(a.dtype, b.dtype)) };
    },
  };
}

/** The shape of two values that are paired, by the rules of NumPy. */
function broadcast({ shape: a }: Typed<number>, { shape: b }: Typed<number>): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    // axes in front that one of them lacks are of length 1
    const mine = a[i - rank + a.length] ?? 1;
    const theirs = b[i - rank + b.length] ?? 1;
    if (mine === 1 || mine === theirs) return theirs;
    if (theirs === 1) return mine;
    throw new TraceError(
      `trace: expected shapes that can be paired, got ${showShape(a)} and ${showShape(b)}`,
    );
  });
}

/** The sum of two values. */
export function add(a: Value, b: Value): Operation {
  return operation(ADD, { a, b });
}

const ADD: Kernel = { ...paired('Add', NUMBERS, 'Add'), tokenwise: ['a', 'b'] };

/** ⌊a / b⌋ as a whole number; in float64, which holds every quotient of whole numbers closely enough. */
const floorDivided: Lowering = (divided, onnx, input) => {
  const isFloat = inputOf(divided, 'a').dtype === 'float32';
  const [a, b] = [input('a'), input('b')].map((name) => (isFloat ? name : onnx.cast(name, 'float64')));
  return onnx.cast(onnx.node('Floor', [onnx.node('Div', [a!, b!])]), 'int32');
};

/** The rest that has the sign of the divisor; C's has that of the dividend. */
const modulo: Lowering = ({ dtype }, onnx, input) => {
  const [a, b] = [input('a'), input('b')];
  if (dtype !== 'float32') return onnx.node('Mod', [a, b]);
  const rest = (of: string) => onnx.node('Mod', [of, b], { attributes: { fmod: 1 } });
  const isNegative = (name: string) => onnx.node('Less', [name, onnx.scalar(0)]);
  const alike = onnx.node('Equal', [isNegative(a), isNegative(b)]);
  return onnx.node('Where', [alike, rest(a), rest(onnx.node('Add', [rest(a), b]))]);
};

/** eˣ − 1 = tanh(x/2) · (eˣ + 1), which loses nothing near 0. */
const expm1: Lowering = (_, onnx, input) => {
  const half = onnx.node('Mul', [input('x'), onnx.scalar(0.5)]);
  const sum = onnx.node('Add', [onnx.node('Exp', [input('x')]), onnx.scalar(1)]);
  return onnx.node('Mul', [onnx.node('Tanh', [half]), sum]);
};

/** log(1 + x), near 0 as 2 · atanh(x / (2 + x)), which loses nothing there. */
const log1p: Lowering = (_, onnx, input) => {
  const x = input('x');
  const plus = (value: number) => onnx.node('Add', [x, onnx.scalar(value)]);
  const isNear = onnx.node('Less', [onnx.node('Abs', [x]), onnx.scalar(0.5)]);
  const near = onnx.node('Atanh', [onnx.node('Div', [x, plus(2)])]);
  const far = onnx.node('Log', [plus(1)]);
  return onnx.node('Where', [isNear, onnx.node('Mul', [near, onnx.scalar(2)]), far]);
};

function clipped(onnx: OnnxBuilder, x: string, bounds: readonly number[], dtype: GraphDtype): string {
  return onnx.node('Clip', [x, ...bounds.map((bound) => onnx.scalar(bound, dtype))]);
}

/** One of two values; ONNX Runtime has no choice between truth values. */
const select: Lowering = (operation, onnx, input) => {
  const condition = input('condition');
  const [t, e] = ['t', 'e'].map((name) => {
    const { dtype } = inputOf(operation, name);
    return dtype === operation.dtype ? input(name) : onnx.cast(input(name), operation.dtype);
  });
  if (operation.dtype !== 'bool') return onnx.node('Where', [condition, t!, e!]);
  const otherwise = onnx.node('And', [onnx.node('Not', [condition]), e!]);
  return onnx.node('Or', [onnx.node('And', [condition, t!]), otherwise]);
};

/** ONNX stretches the slopes, and never the values. */
const prelu: Lowering = (operation, onnx, input) => {
  const { shape } = inputOf(operation, 'x');
  if (!sameShape(shape, operation.shape)) {
    throw refused(operation, `slopes that fit into ${showShape(shape)}`, 'more');
  }
  return onnx.node('PRelu', [input('x'), input('alpha')]);
};

const CAST: Kernel = {
  name: 'Cast',
  infer: (call) => ({ ...inputOf(call, 'x'), dtype: castTo(call) }),
  lower: (cast, onnx, input) => onnx.cast(input('x'), cast.dtype),
  record(call) {
    const x = inputOf(call, 'x');
    const dtype = castTo(call);
    return dtype === x.dtype ? x : operation(CAST, { x }, { dtype });
  },
};

function castTo({ attributes }: Call<unknown>): GraphDtype {
  return graphDtype(attributes.dtype as GraphDtype);
}

/** The rows. */
export const ELEMENT_WISE: readonly (Kernel | Alias)[] = [
  ...OF_FLOATS.map((name) => unary(name, FLOATS)),
  ...OF_NUMBERS.map((name) => unary(name, NUMBERS)),
  unary('Expm1', FLOATS, expm1),
  unary('Log1p', FLOATS, log1p),
  unary('Rsqrt', FLOATS, (_, onnx, input) => onnx.node('Reciprocal', [onnx.node('Sqrt', [input('x')])])),
  unary('Square', NUMBERS, toOperator('Mul', 'x', 'x')),
  unary('Relu6', NUMBERS, ({ dtype }, onnx, input) => clipped(onnx, input('x'), [0, 6], dtype)),
  unary(
    'LeakyRelu',
    FLOATS,
    (operation, onnx, input) =>
      onnx.node('LeakyRelu', [input('x')], {
        attributes: { alpha: { float: numberOf(operation, 'alpha') } },
      }),
    ['alpha'],
  ),
  unary(
    'ClipByValue',
    NUMBERS,
    (operation, onnx, input) => {
      const bounds = [numberOf(operation, 'clipValueMin'), numberOf(operation, 'clipValueMax')];
      return clipped(onnx, input('x'), bounds, operation.dtype);
    },
    ['clipValueMin', 'clipValueMax'],
  ),
  predicate('IsNan', FLOATS, 'IsNaN'),
  predicate('IsInf', FLOATS, 'IsInf'),
  predicate('LogicalNot', TRUTHS, 'Not'),
  ADD,
  { ...paired('Sub', NUMBERS, 'Sub'), tokenwise: ['a', 'b'] },
  { ...paired('Multiply', NUMBERS, 'Mul'), tokenwise: ['a', 'b'] },
  ...Object.entries(ARITHMETIC).map(([name, operator]) => paired(name, NUMBERS, operator)),
  paired('RealDiv', FLOATS, 'Div'),
  paired('Mod', NUMBERS, modulo),
  // TF.js gives a whole number of any two
  paired('FloorDiv', NUMBERS, floorDivided, 'int32'),
  paired('SquaredDifference', NUMBERS, (_, onnx, input) => {
    const difference = onnx.node('Sub', [input('a'), input('b')]);
    return onnx.node('Mul', [difference, difference]);
  }),
  ...Object.entries(COMPARISONS).map(([name, operator]) => paired(name, NUMBERS, operator, 'bool')),
  paired('Equal', ALL, 'Equal', 'bool'),
  paired(
    'NotEqual',
    ALL,
    (_, onnx, input) => onnx.node('Not', [onnx.node('Equal', [input('a'), input('b')])]),
    'bool',
  ),
  paired('LogicalAnd', TRUTHS, 'And', 'bool'),
  paired('LogicalOr', TRUTHS, 'Or', 'bool'),
  {
    name: 'Prelu',
    dtypes: FLOATS,
    lower: prelu,
    infer: (call) => ({ shape: broadcast(inputOf(call, 'x'), inputOf(call, 'alpha')), dtype: 'float32' }),
  },
  {
    name: 'Select',
    lower: select,
    infer(call) {
      const [t, e] = [inputOf(call, 't'), inputOf(call, 'e')];
      return { shape: t.shape, dtype: graphDtype(upcastType(t.dtype, e.dtype)) };
    },
  },
  CAST,
  { name: 'Identity', record: (call) => inputOf(call, 'x') },
  { name: 'AddN', record: ({ inputs }) => Object.values(inputs).reduce(add) },
];
