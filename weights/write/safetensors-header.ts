/** The header of a safetensors file that is to be written. */
import { FormatError } from '../../errors/errors.ts';
import type { TensorInfo } from '../checkpoint.ts';
import type { Dtype } from '../dtype.ts';
import { compareText } from './name-order.ts';

/** The dtypes in the order in which the reference implementation writes them: the widest first. */
const DTYPE_ORDER: readonly Dtype[] = [
  'U64',
  'I64',
  'F64',
  'F32',
  'U32',
  'I32',
  'BF16',
  'F16',
  'U16',
  'I16',
  'I8',
  'U8',
  'BOOL',
];

/**
 * The order of tensors in a file: by dtype, the widest first, then by name; so values start at a multiple of their size.
 *
 * Source: github.com/huggingface/safetensors, `tensor.rs`, `prepare` and `Dtype`.
 */
export function fileOrder(tensors: readonly TensorInfo[]): TensorInfo[] {
  return [...tensors].sort(
    (a, b) => DTYPE_ORDER.indexOf(a.dtype) - DTYPE_ORDER.indexOf(b.dtype) || compareText(a.name, b.name),
  );
}

/**
 * Everything that stands in front of the values: the header's length and the header, padded to a multiple of 8.
 *
 * @param tensors in the order in which their values follow
 * @param metadata free text
 * @throws FormatError if a tensor has the name that is kept for the metadata
 */
export function safetensorsHeader(
  tensors: Iterable<TensorInfo>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const entries = Object.keys(metadata).length > 0 ? [`"__metadata__":${JSON.stringify(metadata)}`] : [];
  let offset = 0;
  for (const { name, dtype, shape, byteLength } of tensors) {
    if (name === '__metadata__') {
      throw new FormatError('safetensors: expected a tensor of another name, got __metadata__; rename it');
    }
    const entry = { dtype, shape, data_offsets: [offset, offset + byteLength] };
    // not by way of an object, whose keys JavaScript would reorder where they look like numbers
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
    offset += byteLength;
  }
  const text = new TextEncoder().encode(`{${entries.join(',')}}`);
  const length = Math.ceil(text.length / 8) * 8;
  const head = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(head.buffer).setBigUint64(0, BigInt(length), true);
  head.set(text, 8);
  return head;
}
