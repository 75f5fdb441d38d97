/** Kernels that compute each value by itself, and those that pair values. */
import { sameShape, showShape } from '../../ir/dimension.ts';
import { type GraphDtype, inputOf } from '../../ir/graph.ts';
import type { Lowering } from '../lowering.ts';
import {
  ALL,
  each,
  FLOATS,
  float,
  type Lower,
  type Lowers,
  NUMBERS,
  numberOf,
  only,
  refused,
  TRUTHS,
} from './lower.ts';

/** Kernels that are one operator of one float32 input. */
const OF_FLOATS: Readonly<Record<string, string>> = {
  Acos: 'Acos',
  Acosh: 'Acosh',
  Asin: 'Asin',
  Asinh: 'Asinh',
  Atan: 'Atan',
  Atanh: 'Atanh',
  Ceil: 'Ceil',
  Cos: 'Cos',
  Cosh: 'Cosh',
  Elu: 'Elu',
  Erf: 'Erf',
  Exp: 'Exp',
  Floor: 'Floor',
  IsInf: 'IsInf',
  IsNan: 'IsNaN',
  Log: 'Log',
  Reciprocal: 'Reciprocal',
  Round: 'Round',
  Selu: 'Selu',
  Sigmoid: 'Sigmoid',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
};

/** The same for whole numbers too. */
const OF_NUMBERS: Readonly<Record<string, string>> = { Abs: 'Abs', Neg: 'Neg', Relu: 'Relu', Sign: 'Sign' };

/** Kernels that are one operator of two numbers. */
const PAIRS: Readonly<Record<string, string>> = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
};

function unary(operator: string): Lower {
  return (_, lowering, input) => lowering.node(operator, [input('x')]);
}

function pair(operator: string): Lower {
  return (_, lowering, input) => lowering.node(operator, [input('a'), input('b')]);
}

/** ⌊a / b⌋ as a whole number; in float64, which holds every quotient of whole numbers closely enough. */
const floorDivided: Lower = (operation, lowering, input) => {
  const isFloat = inputOf(operation, 'a').dtype === 'float32';
  const [a = '', b = ''] = [input('a'), input('b')].map((name) =>
    isFloat ? name : lowering.cast(name, 'float64'),
  );
  return lowering.cast(lowering.node('Floor', [lowering.node('Div', [a, b])]), 'int32');
};

/** The rest that has the sign of the divisor; C's has that of the dividend. */
const modulo: Lower = (operation, lowering, input) => {
  const [a, b] = [input('a'), input('b')];
  if (operation.dtype !== 'float32') return lowering.node('Mod', [a, b]);
  const rest = (of: string) => lowering.node('Mod', [of, b], { attributes: { fmod: 1 } });
  const isNegative = (name: string) => lowering.node('Less', [name, lowering.scalar(0)]);
  const alike = lowering.node('Equal', [isNegative(a), isNegative(b)]);
  return lowering.node('Where', [alike, rest(a), rest(lowering.node('Add', [rest(a), b]))]);
};

/** eˣ − 1 = tanh(x/2) · (eˣ + 1), which loses nothing near 0. */
const expm1: Lower = (_, lowering, input) => {
  const half = lowering.node('Mul', [input('x'), lowering.scalar(0.5)]);
  const sum = lowering.node('Add', [lowering.node('Exp', [input('x')]), lowering.scalar(1)]);
  return lowering.node('Mul', [lowering.node('Tanh', [half]), sum]);
};

/** log(1 + x), near 0 as 2 · atanh(x / (2 + x)), which loses nothing there. */
const log1p: Lower = (_, lowering, input) => {
  const x = input('x');
  const plus = (value: number) => lowering.node('Add', [x, lowering.scalar(value)]);
  const isNear = lowering.node('Less', [lowering.node('Abs', [x]), lowering.scalar(0.5)]);
  const near = lowering.node('Atanh', [lowering.node('Div', [x, plus(2)])]);
  const far = lowering.node('Log', [plus(1)]);
  return lowering.node('Where', [isNear, lowering.node('Mul', [near, lowering.scalar(2)]), far]);
};

function clipped(lowering: Lowering, x: string, bounds: readonly number[], dtype: GraphDtype): string {
  return lowering.node('Clip', [x, ...bounds.map((bound) => lowering.scalar(bound, dtype))]);
}

/** One of two values; ONNX Runtime has no choice between truth values. */
const select: Lower = (operation, lowering, input) => {
  const condition = input('condition');
  const [t = '', e = ''] = ['t', 'e'].map((name) => {
    const { dtype } = inputOf(operation, name);
    return dtype === operation.dtype ? input(name) : lowering.cast(input(name), operation.dtype);
  });
  if (operation.dtype !== 'bool') return lowering.node('Where', [condition, t, e]);
  const otherwise = lowering.node('And', [lowering.node('Not', [condition]), e]);
  return lowering.node('Or', [lowering.node('And', [condition, t]), otherwise]);
};

/** ONNX stretches the slopes, and never the values. */
const prelu: Lower = (operation, lowering, input) => {
  const { shape } = inputOf(operation, 'x');
  if (!sameShape(shape, operation.shape)) {
    throw refused(operation, `slopes that fit into ${showShape(shape)}`, 'more');
  }
  return lowering.node('PRelu', [input('x'), input('alpha')]);
};

/** The kernels of this file. */
export const ELEMENT_WISE: Lowers = {
  ...each(OF_FLOATS, (operator) => only(FLOATS, unary(operator))),
  ...each(OF_NUMBERS, (operator) => only(NUMBERS, unary(operator))),
  ...each(PAIRS, (operator) => only(NUMBERS, pair(operator))),
  LogicalNot: only(TRUTHS, unary('Not')),
  LogicalAnd: only(TRUTHS, pair('And')),
  LogicalOr: only(TRUTHS, pair('Or')),
  Equal: only(ALL, pair('Equal')),
  NotEqual: only(ALL, (_, lowering, input) =>
    lowering.node('Not', [lowering.node('Equal', [input('a'), input('b')])]),
  ),
  RealDiv: only(FLOATS, pair('Div')),
  FloorDiv: only(NUMBERS, floorDivided),
  Mod: only(NUMBERS, modulo),
  Expm1: only(FLOATS, expm1),
  Log1p: only(FLOATS, log1p),
  Rsqrt: only(FLOATS, (_, lowering, input) =>
    lowering.node('Reciprocal', [lowering.node('Sqrt', [input('x')])]),
  ),
  Square: only(NUMBERS, (_, lowering, input) => lowering.node('Mul', [input('x'), input('x')])),
  SquaredDifference: only(NUMBERS, (_, lowering, input) => {
    const difference = lowering.node('Sub', [input('a'), input('b')]);
    return lowering.node('Mul', [difference, difference]);
  }),
  LeakyRelu: only(FLOATS, (operation, lowering, input) =>
    lowering.node('LeakyRelu', [input('x')], { attributes: { alpha: float(numberOf(operation, 'alpha')) } }),
  ),
  Relu6: only(NUMBERS, ({ dtype }, lowering, input) => clipped(lowering, input('x'), [0, 6], dtype)),
  ClipByValue: only(NUMBERS, (operation, lowering, input) => {
    const bounds = [numberOf(operation, 'clipValueMin'), numberOf(operation, 'clipValueMax')];
    return clipped(lowering, input('x'), bounds, operation.dtype);
  }),
  Prelu: only(FLOATS, prelu),
  Cast: ({ attributes }, lowering, input) => lowering.cast(input('x'), attributes.dtype as GraphDtype),
  Select: select,
};
