/** The colouring that all images share: fitting it, drawing images in it, keeping it in a file. */
import type { PatchFeatures } from '../../../lib/index.ts';
import type { Calls, ColouringChoice, ColouringFacts, Overlay } from '../../protocol.ts';
import type { Context } from '../context.ts';
import { featuresOf } from '../features.ts';
import { overlayOf } from '../overlay.ts';
import { type Colouring, needsLayernorm } from './colouring.ts';
import { NormsColouring } from './norms.ts';
import { PcaColouring } from './pca.ts';
import { SegmentsColouring } from './segments.ts';

let fitted: Colouring | undefined;

/** Fits it to the images that can be read: one that can't takes nothing from the others, and is refused by name when it is drawn. */
export async function fitColouring(
  { images, view, facet, choice }: Calls['fit']['request'],
  { signal }: Context<'fit'>,
): Promise<Calls['fit']['result']> {
  const wanted = { facet, applyLayernorm: needsLayernorm(choice.kind) };
  let count = 0;
  const features = async function* () {
    let refusal: unknown;
    for (const image of images) {
      try {
        yield await featuresOf(image, view, signal, wanted);
        count++;
      } catch (error) {
        signal.throwIfAborted();
        refusal = error;
      }
    }
    if (count === 0) throw refusal;
  };
  fitted = await colouringOf(choice, features(), images.length);
  return { found: fitted.facts, count };
}

/** @param count how many images there are */
async function colouringOf(
  choice: ColouringChoice,
  features: AsyncIterable<PatchFeatures>,
  count: number,
): Promise<Colouring> {
  switch (choice.kind) {
    case 'pca':
      return PcaColouring.fit(features, choice.foreground);
    case 'segments':
      return SegmentsColouring.fit(features, count, choice.k);
    case 'norms':
      return NormsColouring.fit(features);
  }
}

export async function drawColours(
  { image, view, facet, smooth }: Calls['draw']['request'],
  { signal }: Context<'draw'>,
): Promise<Overlay> {
  if (fitted === undefined) throw notFitted();
  const wanted = { facet, applyLayernorm: needsLayernorm(fitted.facts.kind) };
  const features = await featuresOf(image, view, signal, wanted);
  return overlayOf(features, fitted.draw(features, smooth));
}

export async function saveBasis(): Promise<Blob> {
  if (!(fitted instanceof PcaColouring)) throw notFitted();
  return new Blob([new Uint8Array(fitted.basis.toBytes())]);
}

export async function openBasis({ file }: Calls['openBasis']['request']): Promise<ColouringFacts> {
  fitted = await PcaColouring.open(file);
  return fitted.facts;
}

function notFitted(): Error {
  return new Error('There are no colours yet; add an image.');
}
