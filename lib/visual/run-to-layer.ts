/** A forward pass as far as some layer, for those who only look on. */
import { keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import type { Runnable } from '../../graph/engines/runnable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { AttentionVisitor, QueryKeyValue } from '../../layers/attention-visitor.ts';
import type { Dinov2Model } from '../families/dinov2/dinov2-model.ts';

/**
 * Runs blocks 1…layer; the others don't run, and nothing is left.
 *
 * @param pixelValues [1, 3, H, W]
 * @param layer 1…L
 */
export function runToLayer(
  where: string,
  { layers }: Dinov2Model,
  pixelValues: PixelValues,
  layer: number,
  attentionVisitor: AttentionVisitor,
): void {
  const options = { outputHiddenStates: false, outputAttentions: false, attentionVisitor };
  tidy(() => {
    layers.forward(where, pixelValues, options, [], layer);
  });
}

/**
 * What can be made of the queries, keys and values of one layer.
 *
 * @param pixelValues [1, 3, H, W]
 * @param layer 1…L
 * @param look gives a tensor of its own
 * @returns that tensor, owned by the caller
 */
export function lookAtLayer<Seen extends Tensor>(
  where: string,
  model: Dinov2Model,
  pixelValues: PixelValues,
  layer: number,
  look: (heads: QueryKeyValue) => Seen,
): Seen {
  let seen: Seen | undefined;
  runToLayer(where, model, pixelValues, layer, {
    layers: [layer - 1],
    visit(_layer, heads) {
      seen = keep(look(heads));
    },
  });
  if (seen === undefined) throw new Error('internal: a layer that was not visited');
  return seen;
}

/** @throws OptionError if the model is compiled: graphs don't show queries and keys */
export function requireUncompiled(where: string, model: Runnable<Dinov2Model>): Dinov2Model {
  if (!(model instanceof CompiledModel)) return model;
  throw new OptionError(
    `${where}: expected a model on TensorFlow.js, whose queries and keys can be seen, got a compiled one; give the model that was compiled`,
  );
}
