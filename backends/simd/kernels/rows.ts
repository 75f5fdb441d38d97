/** Kernels that work along rows: normalisation, softmax, the gate of SwiGLU. */
import { Softmax, util } from '@tensorflow/tfjs-core';
import { FUSED_LAYER_NORM } from '../../../ops/layer-norm.ts';
import { FUSED_SILU_GATE } from '../../../ops/silu-gate.ts';
import { input, numberAttr } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import { LAYER_NORM, SILU_GATE, SOFTMAX } from '../job-kinds.ts';
import * as normSlots from '../slots/layer-norm.ts';
import * as slots from '../slots/rows.ts';
import { isSharedStream, isSmall, kernel, kernelOrCpu } from './kernel.ts';

const LAYER_NORM_JOB = new Job(LAYER_NORM, { ...slots, ...normSlots });
const SILU_GATE_JOB = new Job(SILU_GATE, slots);
const SOFTMAX_JOB = new Job(SOFTMAX, slots);

/** (x − mean) / √(var + epsilon) · gamma + beta over the last axis. */
export const fusedLayerNorm = kernel(FUSED_LAYER_NORM.name, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = x.shape.at(-1)!;
  const from = backend.resident(x);
  const gamma = backend.resident(input(inputs, 'gamma'));
  const beta = backend.resident(input(inputs, 'beta'));
  const { info, address } = backend.makeResident(x.shape);
  const epsilon = numberAttr(attrs, 'epsilon');
  const parameters = { x: from, rows: size / width, width, gamma, beta, epsilon, y: address };
  backend.runtime.run(LAYER_NORM_JOB, parameters, isSharedStream(backend, size));
  return info;
});

/** silu(x₁) · x₂, the halves of the last axis. */
export const fusedSiluGate = kernel(FUSED_SILU_GATE.name, ({ backend, inputs }) => {
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = x.shape.at(-1)! / 2;
  const from = backend.resident(x);
  const { info, address } = backend.makeResident([...x.shape.slice(0, -1), width]);
  const parameters = { x: from, rows: size / (2 * width), width, y: address };
  backend.runtime.run(SILU_GATE_JOB, parameters, isSharedStream(backend, size));
  return info;
});

/** e^(x − max) / Σ over the last axis. */
export const softmax = kernelOrCpu(Softmax, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'logits');
  const size = util.sizeFromShape(x.shape);
  const last = x.shape.length - 1;
  if (x.dtype !== 'float32' || isSmall(backend, size) || last < 0) return undefined;
  const dim = numberAttr(attrs, 'dim');
  if (dim !== last && dim !== -1) return undefined;
  const width = x.shape[last]!;
  const from = backend.resident(x);
  const { info, address } = backend.makeResident(x.shape);
  const parameters = { x: from, rows: size / width, width, y: address };
  backend.runtime.run(SOFTMAX_JOB, parameters, isSharedStream(backend, size));
  return info;
});
