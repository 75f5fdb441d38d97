/** The features of an image as a safetensors file. */
import { encodeSafetensors } from '../../lib/index.ts';
import type { Calls } from '../protocol.ts';
import type { Context } from './context.ts';
import { featuresOf } from './features.ts';

/** @returns patches, CLS and registers, with the grid of the patches and what they are of */
export async function saveFeatures(
  { image, view, facet }: Calls['features']['request'],
  { signal }: Context<'features'>,
): Promise<Blob> {
  const wanted = { facet, applyLayernorm: true };
  const { features, dim, cls, registers, grid } = await featuresOf(image, view, signal, wanted);
  const tensors = {
    patches: { shape: [features.length / dim, dim], data: features },
    cls: { shape: [dim], data: cls },
    registers: { shape: [registers.length / dim, dim], data: registers },
  };
  const kept = Object.entries(tensors).filter(([, { data }]) => data.length > 0);
  const bytes = encodeSafetensors(Object.fromEntries(kept), {
    image: image.name,
    layer: String(view.layer),
    facet,
    grid: JSON.stringify(grid),
  });
  return new Blob([new Uint8Array(bytes)]);
}
