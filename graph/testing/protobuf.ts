/** Reading protocol buffers field by field, without a schema and without the library that writes them. */

/** What a field may hold: a whole number, four bytes, or bytes of any number. */
export type Field = bigint | Uint8Array;

/** The fields of a message by their numbers, each as often as it stands there. */
export type Message = ReadonlyMap<number, readonly Field[]>;

/** Takes a message apart. */
export function fieldsOf(bytes: Uint8Array): Message {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
  };
  const take = (length: number): Uint8Array => {
    at += length;
    if (at > bytes.length) throw new Error(`a field ends ${at - bytes.length} bytes behind its message`);
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const wire = tag & 7;
    if (wire !== 0 && wire !== 2 && wire !== 5) throw new Error(`a field of the type ${wire}`);
    const value = wire === 0 ? varint() : take(wire === 5 ? 4 : Number(varint()));
    fields.set(tag >> 3, [...(fields.get(tag >> 3) ?? []), value]);
  }
  return fields;
}

/** The messages in a field. */
export function messagesIn(message: Message, field: number): Message[] {
  return bytesIn(message, field).map(fieldsOf);
}

/** The texts in a field. */
export function textsIn(message: Message, field: number): string[] {
  return bytesIn(message, field).map((bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** The whole numbers in a field. */
export function numbersIn(message: Message, field: number): number[] {
  return (message.get(field) ?? []).map((value) => {
    if (typeof value !== 'bigint') throw new Error(`bytes in field ${field}`);
    return Number(value);
  });
}

/** The bytes in a field. */
export function bytesIn(message: Message, field: number): Uint8Array[] {
  return (message.get(field) ?? []).map((value) => {
    if (typeof value === 'bigint') throw new Error(`a number in field ${field}`);
    return value;
  });
}
