/** A model beside the same in f32, on the same images. */
import { dispose, type NamedTensorMap, slice, type Tensor, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../../../images/pixel-values.ts';
import { clsToken } from '../../../layers/linear-head.ts';
import type { AnyModel } from '../../families/families.ts';
import { type Pooling, pooledTokens } from '../../tasks/embed.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import { type Agreement, AgreementTally } from './agreement.ts';
import { type NeighbourAgreement, neighbourAgreement } from './neighbours.ts';

/** What rounding changes of a model's outputs, each set beside f32's. */
export interface PairComparison {
  /** how many images were compared */
  readonly images: number;
  /** [CLS] after the final norm: a vector an image */
  readonly cls: Agreement;
  /** patches after the final norm: a vector a patch */
  readonly patches: Agreement;
  /** what `embed` gives: a vector an image; with the pooling `cls` the same as `cls` */
  readonly embedding: Agreement;
  /** of a classifier: a vector an image */
  readonly logits?: Agreement;
  /** the residual stream, not normalised, a vector a token: the embeddings first, then what leaves each of the L blocks */
  readonly layers: readonly Agreement[];
  /** nearest neighbours among the images, by the cosine of their embeddings, of each k that there are more images than */
  readonly neighbours: readonly NeighbourAgreement[];
  /** of a classifier of two labels or more: the share of images whose best label is the same, 0 to 1 */
  readonly labels?: number;
}

/** So many neighbours are looked at. */
const NEIGHBOURS = [1, 10] as const;

/**
 * Runs both models on batches of images; embeddings alone are kept of each, 2 · D values an image.
 *
 * @param rounded borrowed, as is `exact`, the same model in f32
 * @param onImages told after each batch how many images are done
 * @returns undefined if there was no image
 */
export async function comparePair(
  rounded: AnyModel,
  exact: AnyModel,
  batches: AsyncIterable<PixelValues>,
  pool: Pooling,
  onImages: (done: number) => void,
): Promise<PairComparison | undefined> {
  const tallies = new Map<string, AgreementTally>();
  const embeddings: [rounded: Float32Array[], exact: Float32Array[]] = [[], []];
  let sameLabels = 0;
  for await (const pixelValues of batches) {
    const ours = insideOf(rounded, pixelValues, pool);
    const theirs = insideOf(exact, pixelValues, pool);
    try {
      for (const [name, tensor] of Object.entries(theirs)) {
        const [a, b] = await readPair(ours[name], tensor);
        const width = tensor.shape.at(-1) ?? 1;
        const tally = tallies.get(name) ?? new AgreementTally();
        tallies.set(name, tally);
        tally.add(a, b, width);
        if (name === 'logits') {
          const wanted = rows(b, width).map(best);
          sameLabels += rows(a, width).filter((row, i) => best(row) === wanted[i]).length;
        }
        if (name === 'embedding') {
          embeddings[0].push(...rows(a, width));
          embeddings[1].push(...rows(b, width));
        }
      }
    } finally {
      dispose([ours, theirs]);
    }
    onImages(embeddings[1].length);
  }
  const images = embeddings[1].length;
  if (images === 0) return undefined;
  const of = (name: string): Agreement => {
    const tally = tallies.get(name);
    if (tally === undefined) throw new Error(`internal: nothing was compared of ${name}`);
    return tally.agreement;
  };
  const depth = exact.config.numHiddenLayers;
  return {
    images,
    cls: of('cls'),
    patches: of('patches'),
    embedding: of('embedding'),
    ...(tallies.has('logits') && { logits: of('logits') }),
    layers: Array.from({ length: depth + 1 }, (_, i) => of(`hidden_states.${i}`)),
    neighbours: neighbourAgreement(...embeddings, NEIGHBOURS),
    ...(tallies.has('logits') && exact.config.numLabels > 1 && { labels: sameLabels / images }),
  };
}

/** What is compared of a forward pass; owned by the caller. */
function insideOf(model: AnyModel, pixelValues: PixelValues, pool: Pooling): NamedTensorMap {
  const { numRegisterTokens } = model.config;
  return tidy(() => {
    const { named } = model.forward(pixelValues, { outputHiddenStates: true, outputAttentions: false });
    const compared = [...named].filter(([name]) => name === 'logits' || name.startsWith('hidden_states.'));
    const last = named.get(`hidden_states.${model.config.numHiddenLayers}`) as Tensor3D;
    const tokens = model.layers.norm.forward(last);
    return {
      ...Object.fromEntries(compared),
      cls: clsToken(tokens),
      patches: slice(tokens, [0, 1 + numRegisterTokens, 0]),
      embedding: pooledTokens(tokens, numRegisterTokens, pool),
    };
  });
}

async function readPair(ours: Tensor | undefined, theirs: Tensor): Promise<[Float32Array, Float32Array]> {
  if (ours === undefined) throw new Error('internal: a model without an output that it has in f32');
  return [await readFloat32(ours), await readFloat32(theirs)];
}

function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function best(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits));
}
