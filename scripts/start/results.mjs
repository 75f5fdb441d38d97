/** What the library computes of some images, for the page that `npm start` makes. */
import {
  AutoImageProcessor,
  attentionMaps,
  BitImageProcessor,
  classifyImages,
  DINOV2_PROCESSOR,
  Dinov2Model,
  encodePng,
  fitPca,
  inspect,
  patchFeatures,
} from 'dinov2-tfjs';

/** pixels of the side of an image on the page */
const SIDE = 160;

/** What paints attention: the alpha of each patch is what the CLS token gives to it. */
const INK = [255, 106, 20];
const OPAQUE = 235;

/**
 * @param source of the model, as `fromPretrained` takes it
 * @param files paths of the images
 * @returns what is known of the model, and of each image, in plain numbers and `data:` URLs
 */
export async function resultsOf(source, files) {
  const { architecture, labels } = await inspect(source);
  const processor = await AutoImageProcessor.fromPretrained(source, { whenAbsent: () => DINOV2_PROCESSOR });
  const classified = labels ? await listOf(classifyImages(source, files, { topK: 3 })) : [];
  const model = await Dinov2Model.fromPretrained(source);
  const views = { processor, fit: 'processor' };
  const attention = await listOf(attentionMaps(model, files, { ...views, scale: 'max' }));
  const patches = await listOf(patchFeatures(model, files, views));
  model.dispose();
  const basis = await fitPca(patches, { foreground: 'none' });
  const near = nearest(patches.map(({ cls }) => cls));
  const larger = largerOf(processor);
  const images = [];
  for (const [i, file] of files.entries()) {
    const { grid } = patches[i];
    const { pixels } = await larger.resizeAndCrop(file);
    images.push({
      file,
      shown: await pngUrl({
        width: pixels.shape[2],
        height: pixels.shape[1],
        channels: 3,
        data: pixels.data,
      }),
      labels: classified[i]?.labels,
      heads: await Promise.all(attention[i].maps.map((map) => pngUrl(inkOf(map, grid)))),
      patches: await pngUrl(imageOf(grid, { channels: 3, data: basis.colours(patches[i]) })),
      near: near[i],
    });
  }
  return { source, architecture, images };
}

async function listOf(results) {
  const list = [];
  for await (const each of results) list.push(each);
  return list;
}

/** The processor that shows the part of an image that the model sees, in more pixels or fewer. */
function largerOf({ config, backend }) {
  const { size, cropSize } = config;
  const scale = SIDE / cropSize.height;
  const scaled = (sizes) =>
    Object.fromEntries(
      Object.entries(sizes).map(([name, of]) => [name, typeof of === 'number' ? Math.round(of * scale) : of]),
    );
  return new BitImageProcessor({ ...config, size: scaled(size), cropSize: scaled(cropSize) }, backend);
}

/** What a head gives to each patch, as alpha; the patch with the most is as good as covered. */
function inkOf(map, grid) {
  const rgba = [...map].flatMap((weight) => [...INK, OPAQUE * Math.sqrt(weight)]);
  return imageOf(grid, { data: Uint8Array.from(rgba) });
}

/** A pixel for each patch. */
function imageOf({ rows, columns }, pixels) {
  return { width: columns, height: rows, ...pixels };
}

/** @returns a `data:` URL, which an `<img>` can have as its source */
async function pngUrl(image) {
  return `data:image/png;base64,${Buffer.from(await encodePng(image)).toString('base64')}`;
}

/** For each vector the others by their cosine, nearest first. */
function nearest(vectors) {
  const units = vectors.map((vector) => {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  const cosine = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  return units.map((own, i) =>
    units
      .map((other, index) => ({ index, cosine: cosine(own, other) }))
      .filter(({ index }) => index !== i)
      .sort((a, b) => b.cosine - a.cosine),
  );
}
