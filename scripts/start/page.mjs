/** The results as a page: one file, which needs nothing beside it. */
import { basename } from 'node:path';
import { STYLE } from './style.mjs';

/** how many heads and neighbours a row has room for */
const ROOM = 3;

/**
 * @param results as `resultsOf` gives them
 * @returns the text of an HTML file
 */
export function pageOf({ source, architecture, images }) {
  const labelled = images.some(({ labels }) => labels);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>dinov2-tfjs: ${images.length} images</title>
<style>${STYLE}${images.map(imageRule).join('\n')}</style>
<h1>What the model sees in ${images.length} images</h1>
<p><code>${escaped(source)}</code>: ${escaped(architecture)}. Computed by TensorFlow.js on this machine's processor.</p>
<div class="row titles">
  <div><b>Image</b>as it is cut</div>
  <div><b>Labels</b>${labelled ? 'softmax of the logits' : 'none: it has no classifier'}</div>
  <div><b>Attention</b>of the CLS token in the last block, by head</div>
  <div><b>Patches</b>PCA as colours</div>
  <div><b>Nearest</b>of the others, by the cosine of embeddings</div>
</div>
${images.map(rowOf).join('\n')}
</html>
`;
}

/** Each image is in the file once, however often it is shown. */
function imageRule({ shown }, index) {
  return `.image${index} { background-image: url(${shown}); }`;
}

function rowOf({ labels = [], heads, patches, near, file }, index) {
  const attention = heads
    .slice(0, ROOM)
    .map((ink) => figure(index, '', `<img src="${ink}" alt="" class="ink">`));
  const nearest = near.slice(0, ROOM).map((other) => figure(other.index, other.cosine.toFixed(2)));
  return `<div class="row">
${figure(index, basename(file))}
<div class="scores">${labels.map(scoreOf).join('')}</div>
<div class="several">${attention.join('')}</div>
${figure(index, '', `<img src="${patches}" alt="">`)}
<div class="several">${nearest.join('')}</div>
</div>`;
}

function scoreOf({ label, score }) {
  const percent = `${(100 * score).toFixed(1)}%`;
  return `<span>${escaped(label)}</span><i style="--score: ${percent}"></i><span>${percent}</span>`;
}

/** An image, what lies on it, and what stands below it. */
function figure(index, caption, over = '') {
  const below = caption && `<figcaption>${escaped(caption)}</figcaption>`;
  return `<figure><span class="image image${index}">${over}</span>${below}</figure>`;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
