/** The linear layer with its bias, activation or residual. */
import { util } from '@tensorflow/tfjs-core';
import { FUSED_LINEAR } from '../../../ops/linear.ts';
import { dimensions } from '../../../shapes/dimensions.ts';
import { input } from '../../kernel-call.ts';
import { EPILOGUE_GELU, EPILOGUE_NONE, EPILOGUE_RESIDUAL } from '../job-kinds.ts';
import { kernel } from './kernel.ts';
import { visitPanels } from './panels.ts';
import { multiply } from './product.ts';
import { multiplyInt8 } from './product-int8.ts';

/** y = act(x Wᵀ + b), or residual + scale · (x Wᵀ + b). */
export const fusedLinear = kernel(FUSED_LINEAR.name, ({ backend, inputs, attrs }) => {
  const x = input(inputs, 'x');
  const weight = input(inputs, 'weight');
  const [outputs, depth] = dimensions(weight.shape, 2, 'weight');
  const rows = util.sizeFromShape(x.shape) / depth;
  const { residual, scale, bias } = inputs;
  const plain = attrs.activation === 'gelu' ? EPILOGUE_GELU : EPILOGUE_NONE;
  const packed = backend.int8(weight) ?? backend.packed(weight);
  // reshaped, a packed weight is another matrix than it was packed as
  if (packed !== undefined && (packed.outputs !== outputs || packed.inputs !== depth))
    backend.resident(weight);
  const from = backend.resident(x);
  const addresses = {
    bias: bias === undefined ? 0 : backend.resident(bias),
    residual: residual === undefined ? 0 : backend.resident(residual),
    scale: scale === undefined ? 0 : backend.resident(scale),
  };
  const { info, address } = backend.makeResident([...x.shape.slice(0, -1), outputs]);
  if (rows === 0) return info;
  const epilogue = residual === undefined ? plain : EPILOGUE_RESIDUAL;
  const int8 = backend.int8(weight);
  if (int8 !== undefined) {
    multiplyInt8(backend, int8, { a: from, M: rows, epilogue, c: address, ...addresses });
    return info;
  }
  visitPanels(backend, weight, (panels, format, first, count) => {
    const offset = first * 4;
    multiply(backend, {
      a: from,
      M: rows,
      K: depth,
      panels,
      format,
      N: count,
      bias: addresses.bias && addresses.bias + offset,
      epilogue,
      residual: addresses.residual && addresses.residual + offset,
      scale: addresses.scale && addresses.scale + offset,
      c: address + offset,
      rowOfC: outputs * 4,
    });
  });
  return info;
});
