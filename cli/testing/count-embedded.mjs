/**
 * Imported before the command: how many images are computed, a line for each batch in the file that `EMBEDDED` names, before
 * the forward pass.
 */
import { register } from 'node:module';

/** Hooks run in a thread of their own, from a module that is given as text. */
function load(url, context, next) {
  const name = 'async function embed(';
  const counted = `
import { appendFileSync as appendCount } from 'node:fs';
function embed(model, pixelValues, options) {
  appendCount(process.env.EMBEDDED, pixelValues.shape[0] + '\\n');
  return embedBatch(model, pixelValues, options);
}`;
  return next(url, context).then((loaded) => {
    const source = String(loaded.source);
    if (!url.includes('/dist/cli/') || !source.includes(name)) return loaded;
    return { ...loaded, source: source.replace(name, 'async function embedBatch(') + counted };
  });
}

register(`data:text/javascript,${encodeURIComponent(`export ${load}`)}`);
