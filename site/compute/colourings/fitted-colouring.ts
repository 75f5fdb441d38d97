/** The colouring that all images share: fitting it, drawing images in it, keeping it in a file. */
import type { Calls, ColouringFacts, Layers } from '../../protocol.ts';
import { featuresOf } from '../features.ts';
import { layersOf } from '../layers.ts';
import { type Colouring, needsLayernorm } from './colouring.ts';
import { NormsColouring } from './norms.ts';
import { PcaColouring } from './pca.ts';
import { SegmentsColouring } from './segments.ts';

let fitted: Colouring | undefined;

interface Context {
  readonly signal: AbortSignal;
}

export async function fitColouring(
  { images, view, facet, choice }: Calls['fit']['request'],
  { signal }: Context,
): Promise<ColouringFacts> {
  const wanted = { facet, applyLayernorm: needsLayernorm(choice.kind) };
  const features = async function* () {
    for (const image of images) yield await featuresOf(image, view, signal, wanted);
  };
  if (choice.kind === 'pca') fitted = await PcaColouring.fit(features(), choice.foreground);
  else if (choice.kind === 'segments')
    fitted = await SegmentsColouring.fit(features(), images.length, choice.k);
  else fitted = await NormsColouring.fit(features());
  return fitted.facts;
}

export async function drawColours(
  { image, view, facet, smooth }: Calls['draw']['request'],
  { signal }: Context,
): Promise<Layers> {
  if (fitted === undefined) throw notFitted();
  const wanted = { facet, applyLayernorm: needsLayernorm(fitted.facts.kind) };
  const features = await featuresOf(image, view, signal, wanted);
  return layersOf(features, fitted.draw(features, smooth));
}

export async function saveBasis(): Promise<Blob> {
  if (!(fitted instanceof PcaColouring)) throw notFitted();
  return new Blob([new Uint8Array(fitted.basis.toBytes())]);
}

export async function openBasis({ file }: { file: Blob }): Promise<ColouringFacts> {
  fitted = await PcaColouring.open(file);
  return fitted.facts;
}

function notFitted(): Error {
  return new Error('There are no colours yet; add an image.');
}
