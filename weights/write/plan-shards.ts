/** The plan of a sharded checkpoint: its files, and the tensors of each. */

import { elementCount } from '../../shapes/element-count.ts';
import type { TensorInfo } from '../checkpoint.ts';
import { compareNames } from './name-order.ts';
import { pythonJson } from './python-json.ts';

/** One file of weights. */
export interface Shard {
  /** the file's name */
  readonly file: string;
  readonly tensors: readonly TensorInfo[];
}

/** All files of weights, and the text of `model.safetensors.index.json` where there are several. */
export interface ShardPlan {
  readonly shards: readonly Shard[];
  readonly index: string | undefined;
}

/**
 * Divides tensors among files of at most `maxShardSize` bytes of values, as transformers does.
 *
 * Shards are filled one after the other, in the order of names; a tensor that is larger than the limit has a shard of
 * its own. Weights that fit are one file, `model.safetensors`, without an index.
 *
 * Source: transformers 5.23.0, `PreTrainedModel.save_pretrained`; huggingface_hub 2.4.0,
 * `split_state_dict_into_shards_factory`.
 *
 * @param tensors in any order
 * @param maxShardSize bytes
 * @param orderName the name by which a tensor takes its place, where it is another than that in the file
 */
export function planShards(
  tensors: Iterable<TensorInfo>,
  maxShardSize: number,
  orderName = (name: string): string => name,
): ShardPlan {
  const ordered = [...tensors]
    .map((info) => ({ info, key: orderName(info.name) }))
    .sort((a, b) => compareNames(a.key, b.key))
    .map(({ info }) => info);
  const groups = fill(ordered, maxShardSize);
  if (groups.length < 2)
    return { shards: [{ file: 'model.safetensors', tensors: ordered }], index: undefined };
  const count = String(groups.length).padStart(5, '0');
  const shards = groups.map((group, i) => ({
    file: `model-${String(i + 1).padStart(5, '0')}-of-${count}.safetensors`,
    tensors: group,
  }));
  return { shards, index: indexFile(shards) };
}

function fill(ordered: readonly TensorInfo[], maxShardSize: number): TensorInfo[][] {
  const groups: TensorInfo[][] = [];
  let current: TensorInfo[] = [];
  let size = 0;
  for (const info of ordered) {
    if (info.byteLength > maxShardSize) {
      groups.push([info]);
      continue;
    }
    if (size + info.byteLength > maxShardSize) {
      groups.push(current);
      current = [];
      size = 0;
    }
    current.push(info);
    size += info.byteLength;
  }
  if (current.length > 0) groups.push(current);
  return groups;
}

function indexFile(shards: readonly Shard[]): string {
  const all = shards.flatMap(({ file, tensors }) => tensors.map((info) => ({ file, info })));
  const sum = (of: (info: TensorInfo) => number): number =>
    all.reduce((total, { info }) => total + of(info), 0);
  return pythonJson({
    metadata: {
      total_parameters: sum(({ shape }) => elementCount(shape)),
      total_size: sum(({ byteLength }) => byteLength),
    },
    weight_map: Object.fromEntries(all.map(({ file, info }) => [info.name, file])),
  });
}
