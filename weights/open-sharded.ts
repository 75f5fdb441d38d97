/** A checkpoint in several files. */
import { FormatError, SourceError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { isObject } from '../options/json-object.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from './checkpoint.ts';
import { openWeightsFile } from './weights-file.ts';

/** A plain file name; an index must not lead out of its folder. */
const FILE_NAME = /^[\w.-]+\.(safetensors|bin)$/;

/** The shard of each tensor, as an index lists them. */
function parseIndex(text: string, where: string): Map<string, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new FormatError(`${where}: expected JSON, got ${error instanceof Error ? error.message : error}`);
  }
  const weightMap = isObject(json) ? json.weight_map : undefined;
  if (!isObject(weightMap)) {
    throw new FormatError(`${where}: expected a weight_map, got ${shown(weightMap)}`);
  }
  const shards = new Map<string, string>();
  for (const [tensor, file] of Object.entries(weightMap)) {
    if (typeof file !== 'string' || !FILE_NAME.test(file) || file.startsWith('.')) {
      throw new FormatError(
        `${where}: ${tensor}: expected the name of a .safetensors or .bin file, got ${shown(file)}`,
      );
    }
    shards.set(tensor, file);
  }
  return shards;
}

/**
 * Joins the shards that an index names into one checkpoint.
 *
 * @param openShard opens a file that stands beside the index; undefined if there is none
 * @param index the text of `model.safetensors.index.json` or `pytorch_model.bin.index.json`
 * @param weightsKey the container in each of the shards
 * @throws FormatError if index and shards disagree; SourceError if a shard is missing
 */
export async function openSharded(
  index: string,
  where: string,
  openShard: (file: string) => Promise<ByteSource | undefined>,
  weightsKey?: string,
): Promise<Checkpoint> {
  const shardOf = parseIndex(index, where);
  const shards = new Map<string, Checkpoint>();
  const close = async (): Promise<void> => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const file of new Set(shardOf.values())) {
      const source = await openShard(file);
      if (source === undefined)
        throw new SourceError(`${where}: expected the shard ${file}, got no such file`);
      shards.set(file, await openWeightsFile(source, where.replace(/[^/]*$/, file), weightsKey));
    }
    const tensors = new Map<string, TensorInfo>();
    const unreadable = new Map<string, string>();
    for (const [name, file] of shardOf) {
      const shard = shards.get(file);
      const [info, what] = [shard?.tensors.get(name), shard?.unreadable?.get(name)];
      if (info !== undefined) tensors.set(name, info);
      else if (what !== undefined) unreadable.set(name, what);
      else throw new FormatError(`${where}: ${name}: expected it in ${file}, got a file without it`);
    }
    for (const [file, shard] of shards) {
      for (const name of shard.tensors.keys()) {
        if (shardOf.get(name) !== file)
          throw new FormatError(`${where}: expected ${name} of ${file} in weight_map, got none`);
      }
    }
    const identities = [...shards.values()].map(({ identity }) => identity);
    /** what is expected of shards that are not being read yet, by their files */
    const expected = new Map<string, string[]>();
    const begin = (file: string): void => {
      shards.get(file)?.expect?.(expected.get(file) ?? []);
      expected.delete(file);
    };
    return {
      where,
      tensors,
      unreadable,
      shards: [...shards.keys()],
      identity: identities.includes(undefined) ? undefined : JSON.stringify(identities),
      metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)),
      async read(name) {
        const file = ofTensor(shardOf, name, where);
        if (expected.has(file)) begin(file);
        return ofTensor(shards, file, where).read(name);
      },
      expect(names) {
        expected.clear();
        for (const name of names) {
          const file = shardOf.get(name);
          if (file !== undefined) expected.set(file, [...(expected.get(file) ?? []), name]);
        }
        // one shard at a time is fetched ahead
        const [first] = expected.keys();
        if (first !== undefined) begin(first);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
