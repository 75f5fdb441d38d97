/** A backbone and a linear head of a file of its own, as one checkpoint. */
import { FormatError } from '../../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../../../weights/checkpoint.ts';
import type { MappedCheckpoint } from '../../../weights/key-schemes/map-checkpoint.ts';
import { fill } from '../../../weights/key-schemes/name-pattern.ts';
import type { JoinedHead } from '../head.ts';
import { headLabels, headTensors } from './head-file.ts';

/**
 * Joins a backbone and a head; nothing is read until it is asked for.
 *
 * The head's tensors get the names that the backbone's key scheme has for them, behind its prefix: `head.weight` and
 * `head.bias`, or `classifier.weight` and `classifier.bias` with the names of transformers.
 *
 * @param mapped a backbone of any key scheme, without a head
 * @param head `weight` [labels, (n + 1)·D] and `bias` [labels], as `headTensors` finds them
 * @throws FormatError if the head does not fit, or there is one already; both stay open then
 */
export function joinHead(mapped: MappedCheckpoint, head: Checkpoint): JoinedHead {
  const { checkpoint, parameters, scheme, prefix } = mapped;
  const found = headTensors(head);
  if (parameters.has('head.weight') || parameters.has('head.bias')) {
    throw new FormatError(
      `${checkpoint.where}: expected a backbone without a head to join ${head.where} to, got one that has a head`,
    );
  }
  const numClassifierLayers = layersRead(mapped, head.where, found.weight);
  const [, [pattern = 'head.{p}'] = []] = scheme.rows.find(([ours]) => ours === 'head.{p}') ?? [];
  const [tensors, joined] = [new Map(checkpoint.tensors), new Map(parameters)];
  const places = new Map<string, TensorInfo>();
  for (const kind of ['weight', 'bias'] as const) {
    const name = prefix + fill(pattern, { block: '', kind });
    const tensor = { ...found[kind], name };
    places.set(name, found[kind]);
    tensors.set(name, tensor);
    joined.set(`head.${kind}`, { shape: tensor.shape, parts: [{ tensor }] });
  }
  const whole: Checkpoint = {
    ...checkpoint,
    tensors,
    identity: checkpoint.identity && head.identity && JSON.stringify([checkpoint.identity, head.identity]),
    read(name) {
      const place = places.get(name);
      return place === undefined ? checkpoint.read(name) : head.read(place.name);
    },
    async close() {
      await Promise.all([checkpoint.close(), head.close()]);
    },
  };
  const numLabels = found.weight.shape[0] ?? 0;
  const labels = headLabels(head, numLabels);
  return {
    mapped: { ...mapped, checkpoint: whole, parameters: joined },
    fields: { numLabels, numClassifierLayers, ...(labels && { id2label: { ...labels } }) },
  };
}

/** n, of a weight of (n + 1)·D features, on a backbone of L blocks. */
function layersRead(
  { checkpoint: { where }, parameters }: MappedCheckpoint,
  headWhere: string,
  { shape }: TensorInfo,
): number {
  const dim = parameters.get('norm.weight')?.shape[0];
  if (dim === undefined || dim === 0) {
    throw new FormatError(`${where}: expected the final norm of a backbone to join a head to, got none`);
  }
  const blocks = [...parameters.keys()].map((name) => /^blocks\.(\d+)\./.exec(name)?.[1]);
  const depth = new Set(blocks.filter((block) => block !== undefined)).size;
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
