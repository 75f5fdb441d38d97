/** Kernels that compute each value by itself, and those that pair values. */
import { upcastType } from '@tensorflow/tfjs-core';
import { operation, pair } from '../../ir/build.ts';
import type { Value } from '../../ir/graph.ts';
import { graphDtype } from '../borrowed-constants.ts';
import { type KernelCall, type KernelRule, type KernelRules, lengths, numberOf, required } from './rule.ts';

/** float32 in, float32 out. */
const UNARY = [
  'Abs',
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
  'Expm1',
  'Floor',
  'Log',
  'Log1p',
  'Neg',
  'Reciprocal',
  'Relu',
  'Relu6',
  'Round',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Sqrt',
  'Square',
  'Tan',
  'Tanh',
] as const;

/** The same with parameters, which are numbers. */
const UNARY_WITH: Readonly<Record<string, readonly string[]>> = {
  LeakyRelu: ['alpha'],
  ClipByValue: ['clipValueMin', 'clipValueMax'],
};

const ARITHMETIC = [
  'Add',
  'Sub',
  'Multiply',
  'RealDiv',
  'Maximum',
  'Minimum',
  'Mod',
  'Pow',
  'SquaredDifference',
] as const;

const COMPARISONS = [
  'Equal',
  'NotEqual',
  'Greater',
  'GreaterEqual',
  'Less',
  'LessEqual',
  'LogicalAnd',
  'LogicalOr',
] as const;

function unary(call: KernelCall): Value {
  const x = required(call, 'x');
  const parameters = (UNARY_WITH[call.kernel] ?? []).map((name) => [name, numberOf(call, name)]);
  return operation(call.kernel, { x }, Object.fromEntries(parameters), lengths(x), x.dtype);
}

const arithmetic: KernelRule = (call) => {
  const a = required(call, 'a');
  const b = required(call, 'b');
  return pair(call.kernel, a, b, graphDtype(upcastType(a.dtype, b.dtype)));
};

/** TF.js gives a whole number of any two. */
const floorDivision: KernelRule = (call) =>
  pair('FloorDiv', required(call, 'a'), required(call, 'b'), 'int32');

const comparison: KernelRule = (call) => pair(call.kernel, required(call, 'a'), required(call, 'b'), 'bool');

const predicate: KernelRule = (call) => {
  const x = required(call, 'x');
  return operation(call.kernel, { x }, {}, lengths(x), 'bool');
};

function each(names: readonly string[], rule: KernelRule): KernelRules {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

/** The rules of this file. */
export const ELEMENT_WISE: KernelRules = {
  ...each(UNARY, unary),
  ...each(Object.keys(UNARY_WITH), unary),
  ...each(ARITHMETIC, arithmetic),
  FloorDiv: floorDivision,
  ...each(COMPARISONS, comparison),
  ...each(['LogicalNot', 'IsNan', 'IsInf'], predicate),
  Identity: (call) => required(call, 'x'),
  Prelu(call) {
    const [x, alpha] = [required(call, 'x'), required(call, 'alpha')];
    const { shape } = pair('Prelu', x, alpha);
    return operation('Prelu', { x, alpha }, {}, shape, 'float32');
  },
  Cast(call) {
    const x = required(call, 'x');
    const dtype = graphDtype(call.attrs.dtype as 'float32');
    return dtype === x.dtype ? x : operation('Cast', { x }, { dtype }, lengths(x), dtype);
  },
  Select(call) {
    const [t, e] = [required(call, 't'), required(call, 'e')];
    const dtype = graphDtype(upcastType(t.dtype, e.dtype));
    return operation('Select', { condition: required(call, 'condition'), t, e }, {}, lengths(t), dtype);
  },
  AddN(call) {
    return Object.values(call.inputs).reduce((sum, value) => pair('Add', sum, value));
  },
};
