/** The look of features that all images share: finding it, drawing images in it, keeping it in a file. */
import type { Calls, Facet, ImageRef, Layers, Look, LookFacts, View } from '../../protocol.ts';
import { featuresOf } from '../features.ts';
import { layersOf } from '../layers.ts';
import { type FittedLook, wantsLayernorm } from './fitted-look.ts';
import { NormsLook } from './norms.ts';
import { PcaLook } from './pca.ts';
import { SegmentsLook } from './segments.ts';

let fitted: FittedLook | undefined;

interface Stop {
  readonly signal: AbortSignal;
}

export async function fitLook(
  { images, view, facet, look }: { images: readonly ImageRef[]; view: View; facet: Facet; look: Look },
  { signal }: Stop,
): Promise<LookFacts> {
  const wanted = { facet, applyLayernorm: wantsLayernorm(look) };
  const features = async function* () {
    for (const image of images) yield await featuresOf(image, view, signal, wanted);
  };
  if (look.kind === 'pca') fitted = await PcaLook.fit(features(), look.foreground);
  else if (look.kind === 'segments') fitted = await SegmentsLook.fit(features(), images.length, look.k);
  else fitted = await NormsLook.fit(features());
  return fitted.facts;
}

export async function drawLook(
  { image, view, facet, smooth }: Calls['draw']['request'],
  { signal }: Stop,
): Promise<Layers> {
  if (fitted === undefined) throw nothingYet();
  const { applyLayernorm } = fitted;
  const features = await featuresOf(image, view, signal, { facet, applyLayernorm });
  return layersOf(features, fitted.draw(features, smooth));
}

export async function saveBasis(): Promise<Blob> {
  if (!(fitted instanceof PcaLook)) throw nothingYet();
  return new Blob([new Uint8Array(fitted.basis.toBytes())]);
}

export async function openBasis({ file }: { file: Blob }): Promise<LookFacts> {
  fitted = await PcaLook.open(file);
  return fitted.facts;
}

function nothingYet(): Error {
  return new Error('There are no colours yet; add an image.');
}
