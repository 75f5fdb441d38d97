/** Images that use everything that is drawn, and what is computed to be drawn: of which Node and every page make the same bytes. */
import { encodePng, encodePngRows } from '../../images/encode-png.ts';
import type { RawImage } from '../../images/raw-image.ts';
import { fitPca } from '../../lib/index.ts';
import {
  colourise,
  contactSheet,
  contactSheetInBands,
  drawBox,
  drawLine,
  drawMarker,
  drawText,
  enlarge,
  gridImage,
  legend,
  overlay,
  sideBySide,
} from '../../rendering/index.ts';

/** Noise of a generator that is written out, of integers. */
function noise(width: number, height: number): RawImage {
  const data = new Uint8Array(3 * width * height);
  let state = 17;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { width, height, channels: 3, data };
}

async function joinedRows(sheet: ReturnType<typeof contactSheetInBands>): Promise<Uint8Array> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for await (const part of encodePngRows(sheet, sheet.bands)) parts.push(part.slice());
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/** PNG files by what is drawn in them, and other bytes. */
export async function renderSamples(): Promise<Record<string, Uint8Array>> {
  const photo = enlarge(noise(9, 7), 90, 70, 'bicubic');
  const plane = { width: 3, height: 2, values: Float32Array.of(0.1, -0.2, 0.7, Number.NaN, 1 / 3, 0.5) };
  const values = enlarge({ ...plane, values: plane.values.map((each) => each || 0) }, 90, 70, 'bicubic');
  const heat = colourise(values, { colormap: 'turbo' });
  const grid = { rows: 7, columns: 9, patchSize: [10, 10], input: { width: 91, height: 72 } } as const;
  const drawn = enlarge(photo, 180, 140, 'bilinear');
  drawLine(drawn, { x: -5, y: 3.3 }, { x: 150.7, y: 131 }, { width: 1.5, halo: 1, opacity: 0.8 });
  drawLine(drawn, { x: 170, y: 9 }, { x: 20, y: 100 }, { antialias: false, colour: [255, 0, 80] });
  drawBox(drawn, { x: 30, y: 20, width: 50.5, height: 40 }, { colour: [0, 200, 255] });
  drawMarker(drawn, { x: 100, y: 70 });
  drawMarker(drawn, { x: 60.2, y: 90 }, { shape: 'cross', size: 11 });
  drawMarker(drawn, { x: 140, y: 30 }, { shape: 'dot', size: 7 });
  drawText(drawn, 'The quick brown fox, 0123456789 é', { x: 4, y: 110 }, { size: 13 });
  const cells = [photo, heat, drawn].map((image, i) => ({
    image,
    caption: `image ${i}: a caption that is too long`,
  }));
  const plan = { count: 4, cell: { width: 80, height: 60 }, captions: true };
  const features = {
    features: Float32Array.from(noise(70, 40).data),
    dim: 70,
    grid: { rows: 12, columns: 10 },
  };
  const basis = await fitPca(features);
  return {
    'PCA basis': basis.toBytes(),
    'PCA colours': basis.colours(features),
    noise: await encodePng(noise(64, 48)),
    values: await encodePng(
      colourise(plane, { colormap: 'Spectral_r', range: [-0.25, 0.6], missing: [9, 8, 7] }),
    ),
    grid: await encodePng(gridImage(grid, noise(9, 7).data, { interpolation: 'bicubic' })),
    'side by side': await encodePng(
      sideBySide([
        { image: drawn, caption: 'drawn' },
        { image: overlay(photo, heat, 0.55) },
        { image: legend(140, [-0.2, 0.7], { colormap: 'turbo' }) },
      ]),
    ),
    sheet: await encodePng(contactSheet(cells, { columns: 2 })),
    'sheet in bands': await joinedRows(contactSheetInBands(cells, plan, { gap: 3 })),
  };
}
