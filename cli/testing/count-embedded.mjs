/**
 * Imported before the command: how many images are computed, a line for each batch in the file that `EMBEDDED` names, before
 * the forward pass.
 */
import { register } from 'node:module';

/** Hooks run in a thread of their own, from a module that is given as text. */
function load(url, context, next) {
  const counted = `
import { appendFileSync } from 'node:fs';
export function embed(model, pixelValues, options) {
  appendFileSync(process.env.EMBEDDED, pixelValues.shape[0] + '\\n');
  return embedBatch(model, pixelValues, options);
}`;
  return next(url, context).then((loaded) => {
    if (!url.endsWith('/dist/lib/tasks/embed.js')) return loaded;
    const source = String(loaded.source).replace(
      'export async function embed(',
      'async function embedBatch(',
    );
    return { ...loaded, source: source + counted };
  });
}

register(`data:text/javascript,${encodeURIComponent(`export ${load}`)}`);
