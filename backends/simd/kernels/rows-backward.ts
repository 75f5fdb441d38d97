/** The gradients of kernels that work along rows: normalisation, the gate of SwiGLU. */
import { util } from '@tensorflow/tfjs-core';
import { LAYER_NORM_BACKWARD } from '../../../ops/backward/layer-norm-backward.ts';
import { SILU_GATE_BACKWARD } from '../../../ops/backward/silu-gate-backward.ts';
import { input, numberAttr } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import * as kinds from '../job-kinds.ts';
import * as normSlots from '../slots/layer-norm-backward.ts';
import * as reduceSlots from '../slots/reduce.ts';
import * as slots from '../slots/rows.ts';
import * as gateSlots from '../slots/silu-gate-backward.ts';
import { isSharedStream, kernel } from './kernel.ts';

const LAYER_NORM_JOB = new Job(kinds.LAYER_NORM_BACKWARD, { ...slots, ...normSlots });
const SILU_GATE_JOB = new Job(kinds.SILU_GATE_BACKWARD, { ...slots, ...gateSlots });
const REDUCE_JOB = new Job(kinds.REDUCE, reduceSlots);

/** Rows whose gradients of gamma and beta are summed up by one thread; such sums are added afterwards. */
const BLOCK_ROWS = 32;

/** The gradients of (x − mean) / √(var + epsilon) · gamma + beta by x, gamma and beta. */
export const layerNormBackward = kernel(LAYER_NORM_BACKWARD.name, ({ backend, inputs, attrs }) => {
  const { runtime } = backend;
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = x.shape.at(-1)!;
  const rows = size / width;
  const blocks = Math.ceil(rows / BLOCK_ROWS);
  const from = backend.resident(x);
  const gamma = backend.resident(input(inputs, 'gamma'));
  const dy = backend.resident(input(inputs, 'dy'));
  const [dx, dGamma, dBeta] = [x.shape, [width], [width]].map((shape) => backend.makeResident(shape)) as [
    ReturnType<typeof backend.makeResident>,
    ReturnType<typeof backend.makeResident>,
    ReturnType<typeof backend.makeResident>,
  ];
  const sums = runtime.heap.allocate(2 * blocks * width * 4);
  const [gammaSums, betaSums] = [sums, sums + blocks * width * 4];
  const scratch = runtime.scratch(2 * width * 8);
  const epsilon = numberAttr(attrs, 'epsilon');
  const operands = { x: from, rows, width, y: dx.address, gamma, dy, epsilon };
  const parameters = {
    ...operands,
    blockRows: BLOCK_ROWS,
    gammaSums,
    betaSums,
    scratch: scratch.address,
    scratchStride: scratch.stride,
  };
  runtime.run(LAYER_NORM_JOB, parameters, isSharedStream(backend, size));
  for (const [partial, total] of [
    [gammaSums, dGamma.address],
    [betaSums, dBeta.address],
  ] as const) {
    const sizes = { outer: 1, count: blocks, inner: width };
    const reduction = { op: kinds.REDUCE_SUM, x: partial, ...sizes, y: total };
    runtime.run(REDUCE_JOB, reduction, isSharedStream(backend, blocks * width));
  }
  runtime.heap.release(sums);
  return [dx.info, dGamma.info, dBeta.info];
});

/** The gradient of silu(x₁) · x₂ by x. */
export const siluGateBackward = kernel(SILU_GATE_BACKWARD.name, ({ backend, inputs }) => {
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = x.shape.at(-1)! / 2;
  const from = backend.resident(x);
  const dy = backend.resident(input(inputs, 'dy'));
  const { info, address } = backend.makeResident(x.shape);
  const parameters = { x: from, rows: size / (2 * width), width, y: address, dy };
  backend.runtime.run(SILU_GATE_JOB, parameters, isSharedStream(backend, size));
  return info;
});
