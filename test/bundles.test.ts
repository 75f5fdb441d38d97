/**
 * The built package in bundles of esbuild, in pages and in Node, and the module for pages without a bundler. Other bundlers, and
 * Chromium, are `npm run test:bundlers`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type BuildOptions, build, stop } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ENTRY = `${ROOT}dist/lib/index.js`;
const BROWSER = `${ROOT}dist/browser/dinov2-tfjs.js`;
const PARTS = ['lib', 'layers', 'ops', 'graph', 'weights', 'images'];

/** What esbuild can say, and does only where it is asked: what other bundlers stop at, or leave to fail. */
const DOUBTS = {
  'unsupported-dynamic-import': 'warning',
  'unsupported-require-call': 'warning',
  'indirect-require': 'warning',
  'this-is-undefined-in-esm': 'warning',
} as const;

/** What Node has and the worker of a page has not, and the other way round. */
const AS_PAGE = `delete globalThis.process; globalThis.crossOriginIsolated = false;
    globalThis.navigator ??= { hardwareConcurrency: 1 };
    globalThis.WorkerGlobalScope = class {};`;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dinov2-bundles-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  // its service would outlive the tests
  await stop();
});

async function bundle(name: string, options: BuildOptions): Promise<{ said: string[]; at: string }> {
  const extension = options.format === 'cjs' ? '.cjs' : '.mjs';
  const { warnings } = await build({
    entryPoints: [ENTRY],
    outdir: join(folder, name),
    outExtension: { '.js': extension },
    bundle: true,
    minify: true,
    logLevel: 'silent',
    ...options,
  });
  return { said: warnings.map(({ text }) => text), at: join(folder, name, `index${extension}`) };
}

/** What a program prints that has the library as `library`, from a module; as in a page or as in Node. */
function run(module: string, program: string, place: 'page' | 'Node'): unknown {
  const source = `
    import { readFileSync } from 'node:fs';
    const read = (file) => new Uint8Array(readFileSync(${JSON.stringify(ROOT)} + file));
    const files = ['config.json', 'preprocessor_config.json', 'model.safetensors'];
    const digits = Object.fromEntries(files.map((file) => [file, read('models/digits/' + file)]));
    const eight = read('examples/pictures/digits/eight.png');
    ${place === 'page' ? AS_PAGE : ''}
    const found = await import(${JSON.stringify(pathToFileURL(module).href)});
    const library = found.default ?? found;
    console.log(JSON.stringify(await (async () => { ${program} })()));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

const EMBED = `
  const { AutoImageProcessor, Dinov2Model, embed } = library;
  const processor = await AutoImageProcessor.fromPretrained(digits);
  const model = await Dinov2Model.fromPretrained(digits);
  const { pixelValues } = await processor.preprocess(eight);
  return [...(await embed(model, pixelValues))[0]];`;

/** Engines that do not know `using`. */
const WITHOUT_USING = { 'Symbol.dispose': 'undefined', 'Symbol.asyncDispose': 'undefined' };

test.each<[string, 'page' | 'Node', BuildOptions]>([
  ['a page', 'page', { format: 'esm', splitting: true, define: WITHOUT_USING }],
  ['a page, in one file', 'page', { format: 'esm' }],
  ['an ES module of Node', 'Node', { format: 'esm', platform: 'node', define: WITHOUT_USING }],
  [
    'an ES module of Node, of its ES modules',
    'Node',
    { format: 'esm', platform: 'node', mainFields: ['module', 'main'] },
  ],
  // there the place of the program stands in for that of the module
  ['CommonJS', 'Node', { format: 'cjs', platform: 'node', logOverride: { 'empty-import-meta': 'silent' } }],
])('a bundle for %s is made without a warning, and computes the same bits', async (name, place, options) => {
  const { said, at } = await bundle(name, options);
  expect(said).toEqual([]);
  const expected = run(ENTRY, EMBED, 'Node');
  expect(expected).toHaveLength(96);
  expect(run(at, EMBED, place)).toEqual(expected);
});

test.each(['esm', 'cjs'] as const)(
  'in a bundle (%s), which has no file for a thread, images are preprocessed ahead all the same',
  async (format) => {
    const { at } = await bundle(`ahead-${format}`, {
      format,
      platform: 'node',
      logOverride: { 'empty-import-meta': 'silent' },
    });
    const program = `
      const images = Array.from({ length: 6 }, (_, i) => ({ name: String(i), image: eight }));
      const processor = new library.BitImageProcessor();
      const shapes = [];
      for await (const { pixelValues } of library.preprocessAhead(processor, images, 2))
        shapes.push((await pixelValues).shape[2]);
      return shapes;`;
    expect(run(at, program, 'Node')).toEqual(Array(6).fill(224));
  },
);

test('the module for pages without a bundler computes the same bits', () => {
  expect(run(BROWSER, EMBED, 'page')).toEqual(run(ENTRY, EMBED, 'Node'));
});

test('the module for pages without a bundler exports what the package does', () => {
  const names = `return Object.keys(library).sort();`;
  expect(run(BROWSER, names, 'page')).toEqual(run(ENTRY, names, 'Node'));
});

test('the module for pages without a bundler finds AVIF beside itself, and nothing else', () => {
  const imports = [...readFileSync(BROWSER, 'utf8').matchAll(/\bimport\("(.*?)"/g)].map(([, name]) => name);
  expect(imports).toEqual(['avif', 'openjpeg'].map((name) => `../images/decoders/generated/${name}.js`));
  // a box of a file that is no more than its beginning: the decoder is fetched, and refuses it
  const decode = `
    const bytes = new Uint8Array(64);
    bytes.set([0, 0, 0, 20, ...new TextEncoder().encode('ftypavif')]);
    return library.decodeImage(bytes).catch(({ name }) => name);`;
  expect(run(BROWSER, decode, 'page')).toBe('ImageError');
});

test('a bundle leaves no global `require`, and has every kernel', async () => {
  const { at } = await bundle('kernels', { format: 'esm', platform: 'node' });
  const program = `
    const { Dinov2Config, Dinov2Model, trace } = library;
    const config = new Dinov2Config({ hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, imageSize: 28 });
    // positions of another size take a kernel that is TF.js's own
    const model = await Dinov2Model.fromConfig(config);
    const output = model.forward({ data: new Float32Array(3 * 42 * 42), shape: [1, 3, 42, 42] });
    return [typeof globalThis.require, output.lastHiddenState.shape];`;
  expect(run(at, program, 'Node')).toEqual(['undefined', [1, 10, 16]]);
});

test('nothing in the package is an expression that bundlers can not follow, but the one import they are told to pass', async () => {
  for (const platform of ['browser', 'node'] as const) {
    const { outputFiles, warnings } = await build({
      entryPoints: PARTS.map((part) => `${ROOT}dist/${part}/index.js`),
      bundle: true,
      splitting: true,
      format: 'esm',
      platform,
      outdir: 'unwritten',
      write: false,
      logLevel: 'silent',
      logOverride: DOUBTS,
    });
    const places = warnings.map(
      ({ text, location }) => `${location?.file.replace(/.*node_modules/, '')}: ${text}`,
    );
    const passed = 'dist/platform/import-package-node.js';
    expect(places.filter((place) => !place.startsWith(passed))).toEqual([]);
    expect(places).toHaveLength(platform === 'node' ? 1 : 0);
    for (const { text } of outputFiles) {
      expect(text).not.toMatch(/new URL\([^'"`)][^)]*, import\.meta\.url/);
      if (platform === 'browser') expect(text).not.toMatch(/["']node:/);
    }
  }
  const kept = readFileSync(`${ROOT}dist/platform/import-package-node.js`, 'utf8');
  expect(kept).toMatch(
    /import\(\s*\/\* webpackIgnore: true \*\/\s*\/\* turbopackIgnore: true \*\/\s*\/\* @vite-ignore \*\/\s*name\s*\)/,
  );
});

test('in a bundle an error of `trace` names no place, as the tracer is in the same file', async () => {
  const { at } = await bundle('trace', { format: 'esm', platform: 'node' });
  const program = `
    const { setDevice, trace } = library;
    await setDevice('cpu');
    const read = ({ x }) => ({ y: x.dataSync() });
    return trace(read, { x: { shape: [2], dtype: 'float32' } }).catch(({ message }) => message);`;
  const plain = run(ENTRY, program, 'Node');
  expect(plain).toMatch(/got one that reads .* at .*\d+:\d+\)?; compute/);
  expect(run(at, program, 'Node')).toBe(String(plain).replace(/ at .*(?=; compute)/, ''));
});
