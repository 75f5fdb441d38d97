/** The colours of patch features: three components of their PCA, which all images share. */
import { encodeSafetensors, fitPca, gridImage, PcaBasis } from '../../lib/index.ts';
import type { BasisFacts, ForegroundChoice, ImageRef, Layers, View } from '../protocol.ts';
import { featuresOf } from './features.ts';
import { layersOf } from './layers.ts';

let basis: PcaBasis | undefined;

export async function fitColours(
  { images, view, foreground }: { images: readonly ImageRef[]; view: View; foreground: ForegroundChoice },
  { signal }: { signal: AbortSignal },
): Promise<BasisFacts> {
  const features = async function* () {
    for (const image of images) yield await featuresOf(image, view, signal);
  };
  basis = await fitPca(features(), foreground === 'none' ? { foreground } : { foregroundSide: foreground });
  return { images: images.length, explained: [...basis.explainedVarianceRatio] };
}

export async function imageColours(
  { image, view, smooth }: { image: ImageRef; view: View; smooth: boolean },
  { signal }: { signal: AbortSignal },
): Promise<Layers> {
  const features = await featuresOf(image, view, signal);
  const colours = currentBasis().colours(features);
  const over = gridImage(features.grid, colours, { interpolation: smooth ? 'bicubic' : 'nearest' });
  return layersOf(features, over);
}

export async function saveBasis(): Promise<Blob> {
  return new Blob([new Uint8Array(currentBasis().toBytes())]);
}

export async function openBasis({ file }: { file: Blob }): Promise<BasisFacts> {
  basis = await PcaBasis.fromBytes(new Uint8Array(await file.arrayBuffer()));
  return { images: undefined, explained: [...basis.explainedVarianceRatio] };
}

/** The features of an image as a safetensors file, with the grid that they are on. */
export async function saveFeatures(
  { image, view }: { image: ImageRef; view: View },
  { signal }: { signal: AbortSignal },
): Promise<Blob> {
  const { features, dim, cls, registers, grid } = await featuresOf(image, view, signal);
  const tensors = {
    patches: { shape: [features.length / dim, dim], data: features },
    cls: { shape: [dim], data: cls },
    registers: { shape: [registers.length / dim, dim], data: registers },
  };
  const kept = Object.entries(tensors).filter(([, { data }]) => data.length > 0);
  const bytes = encodeSafetensors(Object.fromEntries(kept), {
    image: image.name,
    grid: JSON.stringify(grid),
  });
  return new Blob([new Uint8Array(bytes)]);
}

function currentBasis(): PcaBasis {
  if (basis === undefined) throw new Error('There are no colours yet; add an image.');
  return basis;
}
