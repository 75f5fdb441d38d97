/**
 * Imported before the command: what `onnxruntime-node` is to it.
 *
 * `?absent`: no such package. `?web`: the WebAssembly build, which is among the development packages, in the clothes of the
 * native one. `?stalled`: the same, which never comes to an end with a model. `?strange`: a package of that name that is
 * something else.
 */
import { readFile } from 'node:fs/promises';
import { createRequire, register } from 'node:module';
import { setFlagsFromString } from 'node:v8';

const PACKAGE = 'onnxruntime-node';

/** Hooks run in a thread of their own, from a module that is given as text. */
const hooks = (found) =>
  `export const resolve = (name, context, next) => name === '${PACKAGE}' ? ${found} : next(name, context);`;

const { search } = new URL(import.meta.url);
const inPlace = new URL(`?as-node-${search.slice(1)}`, import.meta.url).href;
if (search === '?absent') install(`next('${PACKAGE}-that-is-not-there', context)`);
if (['?web', '?stalled'].includes(search)) install(`{ url: '${inPlace}', shortCircuit: true }`);
if (search === '?strange')
  install(`{ url: 'data:text/javascript,export const run = 1', shortCircuit: true }`);

function install(found) {
  register(`data:text/javascript,${encodeURIComponent(hooks(found))}`);
}

// what runs once or twice takes longer to optimise than to run
if (search.startsWith('?as-node')) setFlagsFromString('--liftoff-only');
const web = search.startsWith('?as-node') ? createRequire(import.meta.url)('onnxruntime-web') : undefined;
export const env = web?.env;
export const Tensor = web?.Tensor;
export const InferenceSession = {
  async create(path, { executionProviders = [], ...options }) {
    if (search === '?as-node-stalled') return new Promise((resolve) => setTimeout(resolve, 1e8));
    const strange = executionProviders.find((name) => name !== 'cpu');
    if (strange !== undefined) throw new Error(`no ${strange} here`);
    const externalData = [{ path: 'model.onnx_data', data: await readFile(`${path}_data`) }];
    return web.InferenceSession.create(await readFile(path), { ...options, externalData });
  },
};
