/**
 * Concatenations of tokens, done once.
 *
 * A model puts CLS before the patches, adds positions to both, takes them apart again and puts registers between. In the
 * graph the positions become part of the rows that are the same for all images, and everything is put together once.
 */

import { type Constant, inputOf, type Operation, type Value } from '../../ops/operation.ts';
import { fixedLength, isFixed, sameDimension, withLength } from '../../shapes/batch-dimension.ts';
import type { Graph } from '../ir/graph.ts';
import { changed, pair } from '../kernels/build.ts';
import { kernelOf } from '../kernels/kernels.ts';
import { concat, slice, sliceAlong } from '../kernels/structure.ts';
import { rewrite } from './rewrite.ts';

/** Moves what is done to a concatenation into its parts, and joins parts that are constants. */
export function simplifyConcat(graph: Graph): Graph {
  return rewrite(graph, (operation) => {
    const { kernel, inputs, shape } = operation;
    if (kernel === 'Slice') return slicedInParts(operation);
    if (kernel === 'Concat') return isFixed(shape[axisOf(operation)]!) ? joined(operation) : operation;
    const isPair = 'a' in inputs && kernelOf(operation)?.tokenwise !== undefined;
    return isPair ? pairedInParts(operation) : operation;
  });
}

function isConcat(value: Value): value is Operation {
  return value.kind === 'operation' && value.kernel === 'Concat';
}

function isTile(value: Value): value is Operation & { inputs: { x: Constant } } {
  return value.kind === 'operation' && value.kernel === 'Tile' && value.inputs.x?.kind === 'constant';
}

function axisOf(concatenation: Operation): number {
  return Number(concatenation.attributes.axis);
}

/** [a; b] + c becomes [a + c₁; b + c₂], where c is a constant as long as both. */
function pairedInParts(operation: Operation): Value {
  const a = inputOf(operation, 'a');
  const b = inputOf(operation, 'b');
  if (isTile(a) && b.kind === 'constant') return pairedBeforeTile(operation, a, b) ?? operation;
  if (!isConcat(a) || b.kind !== 'constant' || b.shape.length !== a.shape.length) return operation;
  const axis = axisOf(a);
  if (b.shape[axis] !== a.shape[axis]) return operation;
  let start = 0;
  const parts = Object.values(a.inputs).map((part) => {
    const length = fixedLength(part.shape, axis);
    const constant = sliceAlong(b, axis, start, length);
    start += length;
    // constants that are slices are folded later, but count as constants here
    const beforeTile = isTile(part) ? pairedBeforeTile(operation, part, constant) : undefined;
    return beforeTile ?? pair(operation.kernel, part, constant);
  });
  return concat(parts, axis);
}

/** tile(a) + c becomes tile(a + c), if c has one slice for what is tiled. */
function pairedBeforeTile(
  operation: Operation,
  tile: Operation & { inputs: { x: Constant } },
  constant: Value,
): Value | undefined {
  const { x } = tile.inputs;
  const sameRank = constant.shape.length === x.shape.length;
  if (!sameRank || !constant.shape.every((length, axis) => length === 1 || length === x.shape[axis])) {
    return undefined;
  }
  return changed(tile, { inputs: { x: pair(operation.kernel, x, constant) } });
}

/** A slice of [a; b] that is a whole part, or several, or lies within one. */
function slicedInParts(operation: Operation): Value {
  const x = inputOf(operation, 'x');
  if (!isConcat(x)) return operation;
  const axis = axisOf(x);
  if (!isFixed(x.shape[axis]!)) return operation;
  const others = x.shape.every((length, i) => i === axis || sameDimension(length, operation.shape[i]!));
  const { begin } = operation.attributes;
  const start = Array.isArray(begin) ? begin[axis] : undefined;
  if (!others || typeof start !== 'number') return operation;
  const end = start + fixedLength(operation.shape, axis);
  const whole: Value[] = [];
  let offset = 0;
  for (const part of Object.values(x.inputs)) {
    const next = offset + fixedLength(part.shape, axis);
    if (offset <= start && end <= next) return sliceAlong(part, axis, start - offset, end - start);
    if (start <= offset && next <= end) whole.push(part);
    offset = next;
  }
  const covered = whole.reduce((sum, { shape }) => sum + fixedLength(shape, axis), 0);
  return covered === end - start ? concat(whole, axis) : operation;
}

/** Parts of parts become parts, and neighbours that are constants, tilings or slices of one value become one. */
function joined(operation: Operation): Value {
  const axis = axisOf(operation);
  const flat = Object.values(operation.inputs).flatMap((part) =>
    isConcat(part) && axisOf(part) === axis ? Object.values(part.inputs) : part,
  );
  const parts: Value[] = [];
  for (const part of flat) {
    const last = parts.at(-1);
    const both = last && joinedPair(last, part, axis);
    if (both === undefined) parts.push(part);
    else parts[parts.length - 1] = both;
  }
  if (parts.length === Object.keys(operation.inputs).length && flat.length === parts.length) return operation;
  return concat(parts, axis);
}

function joinedPair(a: Value, b: Value, axis: number): Value | undefined {
  if (a.kind === 'constant' && b.kind === 'constant') return concat([a, b], axis);
  if (isTile(a) && isTile(b)) return joinedTiles(a, b, axis);
  return joinedSlices(a, b, axis);
}

function joinedTiles(a: Operation, b: Operation, axis: number): Value | undefined {
  const { reps } = a.attributes;
  if (JSON.stringify(reps) !== JSON.stringify(b.attributes.reps)) return undefined;
  if (!Array.isArray(reps) || reps[axis] !== 1) return undefined;
  return changed(a, { inputs: { x: concat([inputOf(a, 'x'), inputOf(b, 'x')], axis) } });
}

function joinedSlices(a: Value, b: Value, axis: number): Value | undefined {
  if (a.kind !== 'operation' || b.kind !== 'operation') return undefined;
  if (a.kernel !== 'Slice' || b.kernel !== 'Slice' || a.inputs.x !== b.inputs.x) return undefined;
  const [first, second] = [a.attributes.begin, b.attributes.begin];
  if (!Array.isArray(first) || !Array.isArray(second)) return undefined;
  const length = fixedLength(a.shape, axis);
  const follows = first.every(
    (start, i) => isFixed(start) && second[i] === (i === axis ? start + length : start),
  );
  if (!follows) return undefined;
  return slice(inputOf(a, 'x'), first, withLength(a.shape, axis, length + fixedLength(b.shape, axis)));
}
