/** Kernels that work along rows: normalisation, softmax, the gate of SwiGLU. */
import { Softmax, util } from '@tensorflow/tfjs-core';
import { FUSED_LAYER_NORM } from '../../../ops/layer-norm.ts';
import { FUSED_SILU_GATE } from '../../../ops/silu-gate.ts';
import { LAYER_NORM, SILU_GATE, SOFTMAX } from '../job-kinds.ts';
import { input, isSharedStream, isSmall, kernel, kernelOrCpu, numberAttr } from './kernel.ts';

/** (x − mean) / √(var + epsilon) · gamma + beta over the last axis. */
export const fusedLayerNorm = kernel(FUSED_LAYER_NORM.name, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = x.shape.at(-1) ?? 1;
  const from = backend.resident(x);
  const gamma = backend.resident(input(inputs, 'gamma'));
  const beta = backend.resident(input(inputs, 'beta'));
  const { info, address } = backend.makeResident(x.shape);
  const parameters = [from, size / width, width, gamma, beta, address];
  backend.runtime.run(LAYER_NORM, parameters, [numberAttr(attrs, 'epsilon')], isSharedStream(backend, size));
  return info;
});

/** silu(x₁) · x₂, the halves of the last axis. */
export const fusedSiluGate = kernel(FUSED_SILU_GATE.name, ({ backend, inputs }) => {
  const x = input(inputs, 'x');
  const size = util.sizeFromShape(x.shape);
  const width = (x.shape.at(-1) ?? 2) / 2;
  const from = backend.resident(x);
  const { info, address } = backend.makeResident([...x.shape.slice(0, -1), width]);
  backend.runtime.run(
    SILU_GATE,
    [from, size / (2 * width), width, address],
    [],
    isSharedStream(backend, size),
  );
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
  const width = x.shape[last] ?? 1;
  const from = backend.resident(x);
  const { info, address } = backend.makeResident(x.shape);
  backend.runtime.run(SOFTMAX, [from, size / width, width, address], [], isSharedStream(backend, size));
  return info;
});
