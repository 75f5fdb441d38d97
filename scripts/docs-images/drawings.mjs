/** The drawings of the guide: a function for each, which gives the bytes of a PNG file. */
import { readFileSync } from 'node:fs';
import {
  attentionMaps,
  attentionRollout,
  colourise,
  contactSheet,
  decodeImage,
  drawLine,
  drawMarker,
  encodePng,
  enlarge,
  fitPca,
  gridImage,
  gridPlane,
  kMeans,
  legend,
  matchPatches,
  overlay,
  palette,
  patchFeatures,
  placesSideBySide,
  sideBySide,
  similarityMap,
  tokenNorms,
  valueRange,
} from 'dinov2-tfjs';

const MODEL = 'models/digits';
const GAP = 6;

const photo = (name) => `examples/pictures/photos/${name}.jpg`;
const digit = (name) => `examples/pictures/digits/${name}.png`;

/** What the bundled model, which knows digits, makes of photographs is in its first layers. */
const OF_PHOTOS = { layer: 2, size: 256 };

async function all(results) {
  const list = [];
  for await (const each of results) list.push(each);
  return list;
}

/** An image so many pixels high. */
function tall(image, height, interpolation = 'bicubic') {
  return enlarge(image, Math.round((image.width * height) / image.height), height, interpolation);
}

/** Rows of images, one below the other. */
function rows(...cells) {
  return contactSheet(
    cells.map((row) => ({ image: sideBySide(row, { gap: GAP }) })),
    { columns: 1, gap: GAP, margin: 0 },
  );
}

/** Photographs, their patches as colours, and what is like one of them. */
export async function features() {
  const places = { astronaut: [130, 330], chelsea: [215, 215], coffee: [215, 95], camera: [150, 230] };
  const found = await all(patchFeatures(MODEL, Object.keys(places).map(photo), OF_PHOTOS));
  const basis = await fitPca(found, { foreground: 'none' });
  const HEIGHT = 160;
  const columns = found.map((each, i) => {
    const [x, y] = Object.values(places)[i];
    const seen = tall(each.seen, HEIGHT);
    const scale = HEIGHT / each.grid.image.height;
    drawMarker(seen, { x: x * scale, y: y * scale }, { size: 14 });
    const like = similarityMap(each, { x, y }, each);
    return [
      seen,
      tall(gridImage(each.grid, basis.colours(each)), HEIGHT, 'nearest'),
      tall(colourise(gridPlane(each.grid, like), { colormap: 'magma', range: [0, 1] }), HEIGHT, 'nearest'),
    ];
  });
  const row = (i) => columns.map((column) => ({ image: column[i] }));
  return encodePng(rows(row(0), row(1), row(2)));
}

/** The patches of one photograph on both sides of the threshold, and on one. */
export async function foreground() {
  const [found] = await all(patchFeatures(MODEL, [photo('camera')], OF_PHOTOS));
  const [everything, split] = [await fitPca([found], { foreground: 'none' }), await fitPca([found])];
  const coloured = (basis) => tall(gridImage(found.grid, basis.colours(found)), 256, 'nearest');
  return encodePng(
    sideBySide(
      [
        { image: tall(found.seen, 256), caption: 'camera.jpg' },
        { image: coloured(everything), caption: 'foreground: none' },
        { image: coloured(split), caption: 'foreground: auto' },
      ],
      { gap: GAP },
    ),
  );
}

/** Where CLS looks, by head and rolled out, over some digits. */
export async function attention() {
  const names = ['two', 'three', 'four', 'six', 'eight'];
  const files = names.map(digit);
  const options = { size: 64, layer: 2 };
  const heads = await all(attentionMaps(MODEL, files, { ...options, heads: 'all' }));
  const rolled = await all(attentionRollout(MODEL, files, { size: 64 }));
  const over = ({ grid, seen }, map) => {
    const most = Math.max(...map);
    const plane = gridPlane(
      grid,
      map.map((value) => value / most),
      { interpolation: 'bicubic' },
    );
    const heat = colourise(plane, { colormap: 'inferno', range: [0, 1] });
    return tall(overlay(seen, heat, 0.75), 128);
  };
  const row = (caption, image) => heads.map((each, i) => ({ image: image(each, i), caption }));
  const cells = [
    ...heads.map(({ seen }, i) => ({ image: tall(seen, 128), caption: names[i] })),
    ...[0, 1, 2].flatMap((head) => row(`layer 2, head ${head}`, (each) => over(each, each.maps[head]))),
    ...row('rollout', (_, i) => over(rolled[i], rolled[i].maps[0])),
  ];
  return encodePng(contactSheet(cells, { columns: names.length, gap: GAP, margin: 0 }));
}

/** Patches of a photograph and of a part of it that are nearest to one another. */
export async function matches() {
  const image = await decodeImage(readFileSync(photo('coffee')));
  const part = cut(image, { x: 143, y: 37, width: 450, height: 300 });
  // sizes at which what is on both is as large
  const [a] = await all(patchFeatures(MODEL, [image], { ...OF_PHOTOS, size: 128 }));
  const [b] = await all(patchFeatures(MODEL, [part], { ...OF_PHOTOS, size: 96 }));
  const found = (await matchPatches(a, b, { ratio: 0.8 })).filter((_, i) => i % 3 === 0).slice(0, 40);
  const HEIGHT = 240;
  const cells = [image, part].map((each) => ({ image: tall(each, HEIGHT) }));
  const whole = sideBySide(cells, { gap: GAP });
  const places = placesSideBySide(
    cells.map((cell) => cell.image),
    { gap: GAP },
  );
  const colours = palette('turbo', found.length);
  for (const [i, { fromPoint, toPoint }] of found.entries()) {
    const ends = [
      at(places[0], fromPoint, HEIGHT / image.height),
      at(places[1], toPoint, HEIGHT / part.height),
    ];
    drawLine(whole, ...ends, { width: 1, colour: colours[i] });
    for (const end of ends) drawMarker(whole, end, { shape: 'dot', size: 5, colour: colours[i] });
  }
  return encodePng(whole);
}

const at = (place, { x, y }, scale) => ({ x: place.x + x * scale, y: place.y + y * scale });

/** A part of an image. */
function cut(image, { x, y, width, height }) {
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    const from = 3 * ((y + row) * image.width + x);
    data.set(image.data.subarray(from, from + 3 * width), 3 * row * width);
  }
  return { width, height, channels: 3, data };
}

/** Patches of photographs by what is nearest to them. */
export async function segments() {
  const found = await all(patchFeatures(MODEL, ['chelsea', 'coffee'].map(photo), OF_PHOTOS));
  const { labels } = await kMeans(found, { k: 6 });
  let start = 0;
  const segmented = found.map(({ grid }) => {
    const own = Float32Array.from(labels.subarray(start, start + grid.size));
    start += grid.size;
    return colourise(gridPlane(grid, own), { colormap: 'Spectral', range: [0, 5] });
  });
  return encodePng(
    rows(
      found.map(({ seen }) => ({ image: tall(seen, 200) })),
      segmented.map((image) => ({ image: tall(image, 200, 'nearest') })),
    ),
  );
}

/** How long the tokens of patches are, with what the colours stand for. */
export async function norms() {
  const [found] = await all(patchFeatures(MODEL, [photo('coffee')], { size: 256, applyLayernorm: false }));
  const lengths = tokenNorms(found);
  const heat = colourise(gridPlane(found.grid, lengths), { colormap: 'viridis' });
  return encodePng(
    sideBySide(
      [
        { image: tall(found.seen, 200), caption: 'coffee.jpg' },
        { image: tall(heat, 200, 'nearest'), caption: 'norms of tokens' },
        { image: legend(200, valueRange(lengths), { colormap: 'viridis' }) },
      ],
      { gap: GAP },
    ),
  );
}
