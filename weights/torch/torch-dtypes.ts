/** The element types of PyTorch, as its files name them. */
import { DTYPE_BYTES, type Dtype } from '../dtype.ts';

/** A type of tensor elements. */
export interface TorchDtype {
  /** as `torch.<name>` */
  readonly name: string;
  /** bytes of an element */
  readonly bytes: number;
  /** the same type here; undefined if there is none */
  readonly dtype: Dtype | undefined;
}

/** One that is read. */
export interface ReadableDtype extends TorchDtype {
  readonly dtype: Dtype;
}

/** Whether tensors of a type are read. */
export function isReadable(dtype: TorchDtype): dtype is ReadableDtype {
  return dtype.dtype !== undefined;
}

/** Types by their names in `torch`, with the class of their storages where they have one. */
const READABLE: readonly (readonly [name: string, dtype: Dtype, storage?: string])[] = [
  ['float64', 'F64', 'DoubleStorage'],
  ['float32', 'F32', 'FloatStorage'],
  ['float16', 'F16', 'HalfStorage'],
  ['bfloat16', 'BF16', 'BFloat16Storage'],
  ['int64', 'I64', 'LongStorage'],
  ['int32', 'I32', 'IntStorage'],
  ['int16', 'I16', 'ShortStorage'],
  ['int8', 'I8', 'CharStorage'],
  ['uint64', 'U64'],
  ['uint32', 'U32'],
  ['uint16', 'U16'],
  ['uint8', 'U8', 'ByteStorage'],
  ['bool', 'BOOL', 'BoolStorage'],
];

/** Types whose tensors may stand beside the weights, but can't be weights. */
const OTHERS: readonly (readonly [name: string, bytes: number, storage?: string])[] = [
  ['complex32', 4],
  ['bcomplex32', 4],
  ['complex64', 8, 'ComplexFloatStorage'],
  ['complex128', 16, 'ComplexDoubleStorage'],
  ['qint8', 1, 'QInt8Storage'],
  ['quint8', 1, 'QUInt8Storage'],
  ['qint32', 4, 'QInt32Storage'],
  ['quint4x2', 1, 'QUInt4x2Storage'],
  ['quint2x4', 1, 'QUInt2x4Storage'],
  ['float8_e5m2', 1],
  ['float8_e4m3fn', 1],
  ['float8_e5m2fnuz', 1],
  ['float8_e4m3fnuz', 1],
  ['float8_e8m0fnu', 1],
  ['float4_e2m1fn_x2', 1],
  ['bits8', 1],
  ['bits16', 2],
  ['bits1x8', 1],
  ['bits2x4', 1],
  ['bits4x2', 1],
];

/** Every type, by its name in `torch`. */
export const TORCH_DTYPES: ReadonlyMap<string, TorchDtype> = new Map<string, TorchDtype>([
  ...READABLE.map(([name, dtype]) => [name, { name, bytes: DTYPE_BYTES[dtype], dtype }] as const),
  ...OTHERS.map(([name, bytes]) => [name, { name, bytes, dtype: undefined }] as const),
]);

/** Classes of storages, by their names in `torch`, and the names of their types. */
export const STORAGE_CLASSES: ReadonlyMap<string, string> = new Map(
  [...READABLE, ...OTHERS].flatMap(([name, , storage]) => (storage === undefined ? [] : [[storage, name]])),
);
