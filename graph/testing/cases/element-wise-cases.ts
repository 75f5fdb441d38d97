/** Kernels that compute each value by itself, and those that pair values. */
import * as tf from '@tensorflow/tfjs-core';
import { type Tensor, tensor1d } from '@tensorflow/tfjs-core';
import { gelu } from '../../../ops/gelu.ts';
import { between, floats, given, type KernelCase, onOne, onTwo, truths, whole } from './kernel-case.ts';

const { abs, neg, relu, sign, square } = tf;

const AROUND_ZERO = floats([6]);
const SPECIAL = given('float32', [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1]);

/** float32 to float32, each on values that it is defined for. */
const UNARY: readonly KernelCase[] = [
  onOne('abs', AROUND_ZERO, tf.abs),
  onOne('acos', between(-1, 1), tf.acos),
  onOne('acosh', between(1, 9), tf.acosh),
  onOne('asin', between(-1, 1), tf.asin),
  onOne('asinh', AROUND_ZERO, tf.asinh),
  onOne('atan', AROUND_ZERO, tf.atan),
  onOne('atanh', between(-0.9, 0.9), tf.atanh),
  onOne('ceil', AROUND_ZERO, tf.ceil),
  onOne('cos', AROUND_ZERO, tf.cos),
  onOne('cosh', AROUND_ZERO, tf.cosh),
  onOne('elu', AROUND_ZERO, tf.elu),
  onOne('erf', between(-4, 4, [40]), tf.erf),
  onOne('exp', AROUND_ZERO, tf.exp),
  onOne('expm1', AROUND_ZERO, tf.expm1),
  onOne('expm1 of tiny and of large values', given('float32', [1e-9, -1e-9, 1e-4, 0, 60, -60]), tf.expm1),
  onOne('floor', AROUND_ZERO, tf.floor),
  onOne('log', between(0.1, 9), tf.log),
  onOne('log1p', between(-0.9, 9), tf.log1p),
  onOne('log1p of tiny and of large values', given('float32', [1e-9, -1e-9, 1e-4, 0, 1e30]), tf.log1p),
  onOne('neg', AROUND_ZERO, tf.neg),
  onOne('reciprocal', between(0.1, 9), tf.reciprocal),
  onOne('relu', AROUND_ZERO, tf.relu),
  onOne('relu6', between(-9, 9), tf.relu6),
  onOne('round, halves to even', given('float32', [-1.5, -0.5, 0.5, 1.5, 2.5, 3.4, -3.6]), tf.round),
  onOne('rsqrt', between(0.1, 9), tf.rsqrt),
  onOne('selu', AROUND_ZERO, tf.selu),
  onOne('sigmoid', between(-9, 9), tf.sigmoid),
  onOne('sign', given('float32', [-2, -0.5, 0, 0.5, 2]), tf.sign),
  onOne('sin', AROUND_ZERO, tf.sin),
  onOne('sinh', AROUND_ZERO, tf.sinh),
  onOne('softplus', between(-9, 9), tf.softplus),
  onOne('sqrt', between(0.1, 9), tf.sqrt),
  onOne('square', AROUND_ZERO, tf.square),
  onOne('tan', between(-1, 1), tf.tan),
  onOne('tanh', AROUND_ZERO, tf.tanh),
  onOne('leakyRelu', AROUND_ZERO, (x) => tf.leakyRelu(x, 0.3)),
  onOne('clipByValue', AROUND_ZERO, (x) => tf.clipByValue(x, -0.5, 1.25)),
  onOne('gelu', AROUND_ZERO, gelu),
  onOne('of whole numbers', whole([6]), (x) => ({
    abs: abs(x),
    neg: neg(x),
    sign: sign(x),
    relu: relu(x),
    relu6: tf.relu6(x),
    square: square(x),
    clipped: tf.clipByValue(x, -2, 3),
  })),
];

const WIDE = floats([3, 4]);
const NARROW = floats([1, 4], 2);
const MORE_WHOLE = whole([6], 2);

/** Two values of the same dtype, or one stretched to the other's shape. */
const PAIRS: readonly KernelCase[] = [
  onTwo('add', WIDE, NARROW, tf.add),
  onTwo('sub', WIDE, NARROW, tf.sub),
  onTwo('sub, the first stretched', NARROW, WIDE, tf.sub),
  onTwo('mul', WIDE, NARROW, tf.mul),
  onTwo('div', WIDE, NARROW, tf.div),
  onTwo('floorDiv', WIDE, NARROW, tf.floorDiv),
  onTwo('maximum', WIDE, NARROW, tf.maximum),
  onTwo('minimum', WIDE, NARROW, tf.minimum),
  onTwo('mod', WIDE, NARROW, tf.mod),
  onTwo('mod of large values', between(-1e6, 1e6), between(0.1, 0.3), tf.mod),
  onTwo('pow', between(0.1, 4), floats([6]), tf.pow),
  onTwo('squaredDifference', WIDE, NARROW, tf.squaredDifference),
  onTwo('of whole numbers', whole([6]), MORE_WHOLE, (a, b) => ({
    sum: tf.add(a, b),
    difference: tf.sub(a, b),
    product: tf.mul(a, b),
    quotient: tf.div(a, b),
    floor: tf.floorDiv(a, b),
    rest: tf.mod(a, b),
    larger: tf.maximum(a, b),
    smaller: tf.minimum(a, b),
    squared: tf.squaredDifference(a, b),
    power: tf.pow(a, tf.scalar(3, 'int32')),
  })),
  onTwo(
    'a quotient of large whole numbers',
    given('int32', [2 ** 31 - 1, -(2 ** 31 - 1), 2 ** 30 + 1]),
    given('int32', [2, 2, -1]),
    tf.floorDiv,
  ),
  onTwo('a whole number and a fraction', whole([6]), floats([6]), tf.add),
  onOne('addN', WIDE, (x) => tf.addN([x, tf.exp(x), tf.neg(x)])),
  onTwo('prelu', WIDE, NARROW, tf.prelu),
  onOne('prelu with a slope for each channel', WIDE, (x) => tf.prelu(x, tensor1d([0.1, 0.2, 0.3, 0.4]))),
];

const COMPARISONS: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  equal: tf.equal,
  notEqual: tf.notEqual,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
};

function allComparisons(a: Tensor, b: Tensor): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(COMPARISONS).map(([name, compare]) => [name, compare(a, b)]));
}

/** Comparisons, and what takes truth values. */
const TRUTHS: readonly KernelCase[] = [
  onTwo('comparisons', given('float32', [1, 2, 2, 3]), given('float32', [2, 2, 1, -3]), allComparisons),
  onTwo('comparisons of whole numbers', whole([6]), MORE_WHOLE, allComparisons),
  onTwo('comparisons of truths', truths([6]), truths([6], 2), (a, b) => ({
    equal: tf.equal(a, b),
    notEqual: tf.notEqual(a, b),
  })),
  onTwo('logic', truths([6]), truths([6], 2), (a, b) => ({
    and: tf.logicalAnd(a, b),
    or: tf.logicalOr(a, b),
    xor: tf.logicalXor(a, b),
    not: tf.logicalNot(a),
  })),
  onOne('isNaN and isInf', SPECIAL, (x) => ({ nan: tf.isNaN(x), infinite: tf.isInf(x) })),
  onTwo('where', truths([3, 1]), floats([3, 4]), (condition, x) => tf.where(condition, x, tf.neg(x))),
  onTwo('where with a number', truths([3, 1]), floats([3, 4]), (condition, x) =>
    tf.where(condition, x, tf.scalar(7)),
  ),
  onTwo('where of two dtypes', truths([6]), whole([6]), (condition, x) =>
    tf.where(condition, x, tf.scalar(0.5)),
  ),
  onTwo('where of truths', truths([6]), truths([6], 2), (condition, x) =>
    tf.where(condition, x, tf.logicalNot(x)),
  ),
];

const CASTS: readonly KernelCase[] = [
  onOne('casts of float32', given('float32', [-1.7, -0.5, 0, 0.5, 1.7, 9]), (x) => ({
    whole: tf.cast(x, 'int32'),
    truth: tf.cast(x, 'bool'),
    same: tf.cast(x, 'float32'),
  })),
  onOne('casts of int32', given('int32', [-2, 0, 1, 7]), (x) => ({
    fraction: tf.cast(x, 'float32'),
    truth: tf.cast(x, 'bool'),
  })),
  onOne('casts of bool', truths([6]), (x) => ({
    fraction: tf.cast(x, 'float32'),
    whole: tf.cast(x, 'int32'),
  })),
];

/** The cases of this file. */
export const ELEMENT_WISE_CASES: readonly KernelCase[] = [...UNARY, ...PAIRS, ...TRUTHS, ...CASTS];
