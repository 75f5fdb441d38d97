/** A checkpoint of any system under our names. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { FormatError } from '../../errors/errors.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES, type Dtype } from '../dtype.ts';
import { readScales, readWidened, scaleName, weightOfScale } from '../int8-weight.ts';
import { widen } from '../widen.ts';
import type { MappedParameter, ParameterPart } from './key-scheme.ts';
import type { MappedCheckpoint } from './map-checkpoint.ts';

/** What a checkpoint is under our names. */
export interface CanonicalView
  extends Pick<MappedCheckpoint, 'scheme' | 'unexpected' | 'leftOut' | 'ignored'> {
  /** tensors by our names, which are the original code's; closing it closes the file */
  readonly checkpoint: Checkpoint;
}

/**
 * Sees a checkpoint under our names: without prefixes and chunks, and with what other systems split in one.
 *
 * Values keep their bytes. Tensors of different dtypes that are joined become F32; a weight in 8 bits has the factors of its rows
 * beside it, as `scaleName` calls them, [N, 1]. Models read `mapCheckpoint`, which leaves split tensors apart, as their weights
 * are packed from the parts.
 *
 * @throws FormatError if tensors can't be joined; reading throws it for factors that are not finite and above zero
 */
export function canonicalView(mapped: MappedCheckpoint): CanonicalView {
  const { checkpoint, scheme, unexpected, leftOut, ignored } = mapped;
  requireJoinable(mapped.parameters, checkpoint.where);
  const parameters = withScales(mapped.parameters);
  const tensors = new Map<string, TensorInfo>();
  for (const [name, parameter] of parameters) tensors.set(name, describe(name, parameter));
  return {
    scheme,
    unexpected,
    leftOut,
    ignored,
    checkpoint: {
      where: checkpoint.where,
      tensors,
      metadata: checkpoint.metadata,
      async read(name) {
        const { parts } = ofTensor(parameters, name, checkpoint.where);
        const info = ofTensor(tensors, name, checkpoint.where);
        const bytes = await readParts(checkpoint, parts, info);
        if (weightOfScale(name) !== undefined) readScales(bytes, info, checkpoint.where);
        return bytes;
      },
      close: () => checkpoint.close(),
    },
  };
}

/** The weights, and behind each that is in 8 bits the factors of its rows. */
function withScales(parameters: ReadonlyMap<string, MappedParameter>): Map<string, MappedParameter> {
  const all = new Map<string, MappedParameter>();
  for (const [name, parameter] of parameters) {
    all.set(name, parameter);
    const { shape, parts } = parameter;
    const scales = parts.flatMap((part) =>
      'tensor' in part && part.scales ? [{ tensor: part.scales }] : [],
    );
    if (scales.length === parts.length && scales.length > 0)
      all.set(scaleName(name), { shape: [shape[0] ?? 0, 1], parts: scales });
  }
  return all;
}

function sizeOf(part: ParameterPart): number {
  return 'zeros' in part ? part.zeros : elementCount(part.tensor.shape);
}

/** Whether tensors have the same lengths behind their rows, and with the zeros among them fill the shape. */
function areJoinable({ shape, parts }: MappedParameter): boolean {
  const rests = parts.flatMap((part) => ('zeros' in part ? [] : [String(part.tensor.shape.slice(1))]));
  const size = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  return new Set(rests).size <= 1 && size === elementCount(shape);
}

function requireJoinable(parameters: ReadonlyMap<string, MappedParameter>, where: string): void {
  const wrong: string[] = [];
  for (const parameter of parameters.values()) {
    if (areJoinable(parameter)) continue;
    const shapes = parameter.parts.map((part) =>
      'zeros' in part ? 'zeros' : `${part.tensor.name} [${part.tensor.shape.join(', ')}]`,
    );
    wrong.push(shapes.join(' and '));
  }
  if (wrong.length > 0) {
    throw new FormatError(`${where}: expected tensors that can be joined by rows, got ${wrong.join('; ')}`);
  }
}

function describe(name: string, { shape, parts }: MappedParameter): TensorInfo {
  const dtypes = new Set(parts.flatMap((part) => ('zeros' in part ? [] : [part.tensor.dtype])));
  const [only = 'F32'] = dtypes;
  const dtype: Dtype = dtypes.size === 1 ? only : 'F32';
  return { name, dtype, shape, byteLength: elementCount(shape) * DTYPE_BYTES[dtype] };
}

async function readParts(
  checkpoint: Checkpoint,
  parts: readonly ParameterPart[],
  { dtype, byteLength }: TensorInfo,
): Promise<Uint8Array> {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined && 'tensor' in first)
    return checkpoint.read(first.tensor.name);
  const whole = new Uint8Array(byteLength);
  let offset = 0;
  for (const part of parts) {
    if ('tensor' in part) whole.set(await readAs(checkpoint, part, dtype), offset);
    offset += sizeOf(part) * DTYPE_BYTES[dtype];
  }
  return whole;
}

async function readAs(
  checkpoint: Checkpoint,
  { tensor, scales }: Extract<ParameterPart, { tensor: TensorInfo }>,
  dtype: Dtype,
): Promise<Uint8Array> {
  if (tensor.dtype === dtype) return checkpoint.read(tensor.name);
  const values = scales
    ? await readWidened(checkpoint, tensor, scales)
    : widen(await checkpoint.read(tensor.name), tensor.dtype);
  return bytesOf(values, tensor.name);
}
