/**
 * The bytes of an ONNX model: protocol buffers, in pieces.
 *
 * The numbers are those of the fields in `onnx.proto`.
 * Source: github.com/onnx/onnx/blob/v1.17.0/onnx/onnx.proto
 */
import { PbfWriter } from 'pbf';
import { OptionError } from '../../errors/errors.ts';
import type { OnnxAttribute } from '../../ops/onnx-builder.ts';
import {
  BATCH,
  type Dimension,
  isFixed,
  sameDimension,
  showDimension,
} from '../../shapes/batch-dimension.ts';
import {
  ONNX_TYPES,
  type OnnxModel,
  type OnnxNode,
  type OnnxOperatorSet,
  type OnnxPort,
  type OnnxTensor,
} from './onnx-model.ts';

/** The version of the format that came with the first operators used here (ONNX 1.15). */
const IR_VERSION = 9;

/** What made the model, as it says of itself. */
const PRODUCER = 'dinov2-tfjs';

/** Where the values of a tensor are, if not in the model's own file. */
export interface ExternalPlace {
  /** the file's name, beside the model */
  readonly location: string;
  readonly offset: number;
}

/** Bytes as they are, or a tensor whose bytes stand there. */
export type Piece = Uint8Array | OnnxTensor;

/**
 * Encodes everything but the values of tensors.
 *
 * A message may be cut into pieces, as its bytes are those of its fields, one after the other; so no piece holds more than
 * a tensor, whatever the size of the model.
 *
 * @param placeOf where a tensor's values are; `undefined` for those that stand in the model itself
 */
export function encodeModel(
  model: OnnxModel,
  placeOf: (tensor: OnnxTensor) => ExternalPlace | undefined = () => undefined,
): Piece[] {
  const tensors = model.tensors.flatMap((tensor) => tensorPieces(tensor, placeOf(tensor)));
  const graph: Piece[] = [encoded((writer) => writeGraphFields(writer, model)), ...tensors];
  const head = encoded((writer) => {
    writer.writeVarintField(1, IR_VERSION);
    writer.writeStringField(2, PRODUCER);
    for (const set of model.operatorSets) writer.writeMessage(8, writeOperatorSet, set);
    for (const [key, value] of Object.entries(model.metadata)) {
      writer.writeMessage(14, writeEntry, { key, value });
    }
    writeHeader(writer, 7, byteLength(graph));
  });
  return [head, ...graph];
}

/** Bytes of all pieces. */
export function byteLength(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/** The bytes of a piece; those of a tensor are made now. */
export async function bytesOf(piece: Piece): Promise<Uint8Array> {
  if (piece instanceof Uint8Array) return piece;
  const bytes = await piece.bytes();
  if (bytes.byteLength !== piece.byteLength) {
    throw new Error(`internal: ${piece.name} has ${bytes.byteLength} bytes instead of ${piece.byteLength}`);
  }
  return bytes;
}

/** What a message of protocol buffers may have at most. */
export const LARGEST_MESSAGE = 2 ** 31 - 1;

/**
 * A whole model in memory.
 *
 * @throws OptionError if it has more than 2 GB
 */
export async function encodeBytes(model: OnnxModel): Promise<Uint8Array> {
  const pieces = encodeModel(model);
  const total = byteLength(pieces);
  if (total > LARGEST_MESSAGE) {
    throw new OptionError(`onnx: expected a model of at most 2 GB in memory, got ${total} bytes; use files`);
  }
  const bytes = new Uint8Array(total);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(await bytesOf(piece), offset);
    offset += piece.byteLength;
  }
  return bytes;
}

function encoded(write: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter();
  write(writer);
  return writer.finish();
}

/** The type of fields that say their length: texts, bytes and messages. */
const WITH_LENGTH = 2;

function writeHeader(writer: PbfWriter, field: number, length: number): void {
  writer.writeTag(field, WITH_LENGTH);
  writer.writeVarint(length);
}

function writeOperatorSet({ domain, version }: OnnxOperatorSet, writer: PbfWriter): void {
  writer.writeStringField(1, domain);
  writer.writeVarintField(2, version);
}

function writeEntry({ key, value }: { key: string; value: string }, writer: PbfWriter): void {
  writer.writeStringField(1, key);
  writer.writeStringField(2, value);
}

function writeGraphFields(writer: PbfWriter, { nodes, inputs, outputs }: OnnxModel): void {
  for (const node of nodes) writer.writeMessage(1, writeNode, node);
  writer.writeStringField(2, 'dinov2');
  for (const port of inputs) writer.writeMessage(11, writePort, port);
  for (const port of outputs) writer.writeMessage(12, writePort, port);
}

function writeNode(node: OnnxNode, writer: PbfWriter): void {
  for (const input of node.inputs) writer.writeStringField(1, input);
  for (const output of node.outputs) writer.writeStringField(2, output);
  writer.writeStringField(3, node.name);
  writer.writeStringField(4, node.operator);
  for (const [name, value] of Object.entries(node.attributes)) {
    writer.writeMessage(5, writeAttribute, { name, value });
  }
  if (node.domain !== '') writer.writeStringField(7, node.domain);
}

/** What an attribute holds (`AttributeProto.AttributeType`). */
const ATTRIBUTE_TYPES = { float: 1, integer: 2, text: 3, integers: 7 } as const;

function writeAttribute({ name, value }: { name: string; value: OnnxAttribute }, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  const type = (kind: keyof typeof ATTRIBUTE_TYPES): void =>
    writer.writeVarintField(20, ATTRIBUTE_TYPES[kind]);
  if (typeof value === 'string') {
    writer.writeStringField(4, value);
    type('text');
  } else if (typeof value === 'number') {
    writer.writeVarintField(3, value);
    type('integer');
  } else if ('float' in value) {
    writer.writeFloatField(2, value.float);
    type('float');
  } else {
    for (const each of value) writer.writeVarintField(8, each);
    type('integers');
  }
}

function writePort({ name, type, shape }: OnnxPort, writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeMessage(2, writeType, { type, shape });
}

function writeType(port: Omit<OnnxPort, 'name'>, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, port);
}

function writeTensorType({ type, shape }: Omit<OnnxPort, 'name'>, writer: PbfWriter): void {
  writer.writeVarintField(1, ONNX_TYPES[type]);
  writer.writeMessage(2, writeShape, shape);
}

function writeShape(shape: readonly Dimension[], writer: PbfWriter): void {
  for (const dimension of shape) writer.writeMessage(1, writeDimension, dimension);
}

function writeDimension(dimension: Dimension, writer: PbfWriter): void {
  if (isFixed(dimension)) writer.writeVarintField(1, dimension);
  else writer.writeStringField(2, dimensionName(dimension));
}

/** What ONNX calls a length that is not fixed: `batch` for the batch itself. */
function dimensionName(dimension: Dimension): string {
  return sameDimension(dimension, BATCH) ? 'batch' : showDimension(dimension);
}

function tensorPieces(tensor: OnnxTensor, place: ExternalPlace | undefined): Piece[] {
  const fields = encoded((writer) => {
    for (const length of tensor.shape) writer.writeVarintField(1, length);
    writer.writeVarintField(2, ONNX_TYPES[tensor.type]);
    writer.writeStringField(8, tensor.name);
    if (place === undefined) writeHeader(writer, 9, tensor.byteLength);
    else writePlace(writer, tensor, place);
  });
  const inside = place === undefined ? [fields, tensor] : [fields];
  return [encoded((writer) => writeHeader(writer, 5, byteLength(inside))), ...inside];
}

const EXTERNAL = 1;

function writePlace(writer: PbfWriter, tensor: OnnxTensor, { location, offset }: ExternalPlace): void {
  const entries = { location, offset: String(offset), length: String(tensor.byteLength) };
  for (const [key, value] of Object.entries(entries)) writer.writeMessage(13, writeEntry, { key, value });
  writer.writeVarintField(14, EXTERNAL);
}
