/** A backbone and a linear head of a file of its own, as one checkpoint. */
import { FormatError } from '../../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../../../weights/checkpoint.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../../../weights/key-schemes/map-checkpoint.ts';
import { KEY_SCHEMES } from '../../../weights/key-schemes/schemes.ts';
import { headTensors } from './head-file.ts';

/** A checkpoint with a head that came from elsewhere, and what the configuration has to say about it. */
export interface JoinedCheckpoint extends Checkpoint {
  /** `numLabels` of the configuration */
  readonly numLabels: number;
  /** `numClassifierLayers` of the configuration */
  readonly numClassifierLayers: number;
}

/** What a backbone's tensors say about the heads that fit it. */
interface Backbone {
  where: string;
  /** D */
  dim: number;
  /** L */
  depth: number;
}

/**
 * Joins a backbone and a head; nothing is read until it is asked for.
 *
 * The head's tensors get the names that the backbone's key scheme has for them, behind its prefix: `head.weight` and
 * `head.bias`, or `classifier.weight` and `classifier.bias` with the names of transformers.
 *
 * @param backbone a checkpoint of any key scheme, without a head
 * @param head `weight` [labels, (n + 1)·D] and `bias` [labels], as `headTensors` finds them
 * @param mapped what `mapCheckpoint` found in the backbone, where that is known already
 * @returns a checkpoint that closes both
 * @throws FormatError if the head does not fit, or there is one already; both stay open then
 */
export function joinHead(
  backbone: Checkpoint,
  head: Checkpoint,
  mapped: MappedCheckpoint = mapCheckpoint(backbone),
): JoinedCheckpoint {
  const { weight, bias } = headTensors(head);
  if (mapped.parameters.has('head.weight') || mapped.parameters.has('head.bias')) {
    throw new FormatError(
      `${backbone.where}: expected a backbone without a head to join ${head.where} to, got one that has a head`,
    );
  }
  const numClassifierLayers = layersRead(head.where, weight, describeBackbone(backbone.where, mapped));
  const [weightName, biasName] = headNames(mapped);
  const places = new Map([
    [weightName, weight],
    [biasName, bias],
  ]);
  return {
    ...backbone,
    tensors: new Map([
      ...backbone.tensors,
      ...[...places].map(([name, info]) => [name, { ...info, name }] as const),
    ]),
    numLabels: weight.shape[0] ?? 0,
    numClassifierLayers,
    read(name) {
      const place = places.get(name);
      return place === undefined ? backbone.read(name) : head.read(place.name);
    },
    async close() {
      await Promise.all([backbone.close(), head.close()]);
    },
  };
}

function headNames({ scheme, prefix }: MappedCheckpoint): [weight: string, bias: string] {
  const [, [pattern = 'head.{p}'] = []] =
    KEY_SCHEMES[scheme].rows.find(([ours]) => ours === 'head.{p}') ?? [];
  return [`${prefix}${pattern.replace('{p}', 'weight')}`, `${prefix}${pattern.replace('{p}', 'bias')}`];
}

function describeBackbone(where: string, { parameters }: MappedCheckpoint): Backbone {
  const dim = parameters.get('norm.weight')?.shape[0];
  if (dim === undefined || dim === 0) {
    throw new FormatError(`${where}: expected the final norm of a backbone to join a head to, got none`);
  }
  const blocks = [...parameters.keys()].map((name) => /^blocks\.(\d+)\./.exec(name)?.[1]);
  return { where, dim, depth: new Set(blocks.filter((block) => block !== undefined)).size };
}

/** n, of a weight of (n + 1)·D features. */
function layersRead(headWhere: string, { shape }: TensorInfo, { where, dim, depth }: Backbone): number {
  const features = shape[1] ?? 0;
  const layers = features / dim - 1;
  if (Number.isSafeInteger(layers) && layers >= 1 && layers <= Math.max(1, depth)) return layers;
  const fitting = [1, 4].flatMap((n) =>
    features % (n + 1) === 0 ? `D = ${features / (n + 1)} with n = ${n}` : [],
  );
  const remedy = fitting.length === 0 ? '' : `; it would fit a backbone of ${fitting.join(', or of ')}`;
  throw new FormatError(
    `${headWhere}: expected a head for ${where}, whose weight is [labels, (n + 1)·${dim}] for n of its ${depth} layers, got [${shape.join(', ')}]${remedy}`,
  );
}
