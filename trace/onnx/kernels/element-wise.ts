/** Kernels that compute each value by itself, and those that pair values. */
import type { GraphDtype } from '../../graph/graph.ts';
import { float, type Lower, type Lowers, numberOf } from './lower.ts';

/** Kernels that are one operator of one input. */
const UNARY: Readonly<Record<string, string>> = {
  Abs: 'Abs',
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
  LogicalNot: 'Not',
  Neg: 'Neg',
  Reciprocal: 'Reciprocal',
  Relu: 'Relu',
  Round: 'Round',
  Sigmoid: 'Sigmoid',
  Sign: 'Sign',
  Sin: 'Sin',
  Sinh: 'Sinh',
  Softplus: 'Softplus',
  Sqrt: 'Sqrt',
  Tan: 'Tan',
  Tanh: 'Tanh',
  Selu: 'Selu',
};

/** Kernels that are one operator of two inputs. */
const PAIRS: Readonly<Record<string, string>> = {
  Add: 'Add',
  Sub: 'Sub',
  Multiply: 'Mul',
  RealDiv: 'Div',
  Maximum: 'Max',
  Minimum: 'Min',
  Pow: 'Pow',
  Equal: 'Equal',
  Greater: 'Greater',
  GreaterEqual: 'GreaterOrEqual',
  Less: 'Less',
  LessEqual: 'LessOrEqual',
  LogicalAnd: 'And',
  LogicalOr: 'Or',
};

const unary: Lower = ({ kernel }, lowering, input) => lowering.node(UNARY[kernel] ?? '', [input('x')]);

const pair: Lower = ({ kernel }, lowering, input) =>
  lowering.node(PAIRS[kernel] ?? '', [input('a'), input('b')]);

/** Both rounded down after a division, as Python has it and ONNX, for whole numbers, has not. */
const floorDivided: Lower = ({ dtype }, lowering, input) => {
  const [a, b] = [input('a'), input('b')].map((name) =>
    dtype === 'float32' ? name : lowering.cast(name, 'float32'),
  );
  const floor = lowering.node('Floor', [lowering.node('Div', [a ?? '', b ?? ''])]);
  return dtype === 'float32' ? floor : lowering.cast(floor, dtype);
};

function each(names: readonly string[], lower: Lower): Lowers {
  return Object.fromEntries(names.map((name) => [name, lower]));
}

/** The kernels of this file. */
export const ELEMENT_WISE: Lowers = {
  ...each(Object.keys(UNARY), unary),
  ...each(Object.keys(PAIRS), pair),
  FloorDiv: floorDivided,
  Mod(operation, lowering, input) {
    const multiple = lowering.node('Mul', [floorDivided(operation, lowering, input), input('b')]);
    return lowering.node('Sub', [input('a'), multiple]);
  },
  Expm1: (_, lowering, input) =>
    lowering.node('Sub', [lowering.node('Exp', [input('x')]), lowering.scalar(1)]),
  Log1p: (_, lowering, input) =>
    lowering.node('Log', [lowering.node('Add', [input('x'), lowering.scalar(1)])]),
  Relu6: (_, lowering, input) => lowering.node('Clip', [input('x'), lowering.scalar(0), lowering.scalar(6)]),
  Rsqrt: (_, lowering, input) => lowering.node('Reciprocal', [lowering.node('Sqrt', [input('x')])]),
  Square: (_, lowering, input) => lowering.node('Mul', [input('x'), input('x')]),
  SquaredDifference(_, lowering, input) {
    const difference = lowering.node('Sub', [input('a'), input('b')]);
    return lowering.node('Mul', [difference, difference]);
  },
  NotEqual: (_, lowering, input) => lowering.node('Not', [lowering.node('Equal', [input('a'), input('b')])]),
  LeakyRelu: (operation, lowering, input) =>
    lowering.node('LeakyRelu', [input('x')], { attributes: { alpha: float(numberOf(operation, 'alpha')) } }),
  ClipByValue(operation, lowering, input) {
    const bounds = ['clipValueMin', 'clipValueMax'].map((name) => lowering.scalar(numberOf(operation, name)));
    return lowering.node('Clip', [input('x'), ...bounds]);
  },
  Prelu: (_, lowering, input) => lowering.node('PRelu', [input('x'), input('alpha')]),
  Cast: ({ attributes }, lowering, input) => lowering.cast(input('x'), attributes.dtype as GraphDtype),
  Select: (_, lowering, input) => lowering.node('Where', [input('condition'), input('t'), input('e')]),
};
