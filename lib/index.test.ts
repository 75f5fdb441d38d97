/** The built package, as somebody imports it. `npm test` builds it first. */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('..', import.meta.url).pathname;

function run(program: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

test('importing the package loads no codec, no backend, no client and nothing of Node', () => {
  const out = run(`
    import { build } from 'esbuild';
    const { metafile } = await build({
      entryPoints: ['dist/lib/index.js'], outdir: 'out', bundle: true, splitting: true, format: 'esm', write: false,
      platform: 'node', packages: 'external', metafile: true, ignoreAnnotations: true, logLevel: 'silent',
    });
    const loaded = new Set(['dist/lib/index.js']);
    for (const path of loaded)
      for (const { path: next, kind } of metafile.inputs[path]?.imports ?? [])
        if (kind === 'import-statement') loaded.add(next);
    console.log(JSON.stringify([...loaded]));
  `);
  const loaded: string[] = JSON.parse(out);
  const outside = loaded.filter((path) => !path.startsWith('dist/'));
  expect(outside).toEqual(['@tensorflow/tfjs-core']);
  expect(loaded).toContain('dist/images/decode-image.js');
  // of backends the list of devices alone, which names them
  const heavy = /backends\/(?!(\w+\/)?devices?\.js$)|decoders\/|torch\/open|-node\.js$/;
  expect(loaded.filter((path) => heavy.test(path)).sort()).toEqual([
    // say whether this is Node, and that it is needed, and are no files of Node themselves
    'dist/platform/is-node.js',
    'dist/platform/require-node.js',
  ]);
});

test('the package builds a model and runs it', () => {
  const out = run(`
    import { Dinov2Config, Dinov2Model, embed } from 'dinov2-tfjs';
    const config = new Dinov2Config({ hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, imageSize: 28 });
    const model = await Dinov2Model.fromConfig(config);
    const [vector] = await embed(model, { data: new Float32Array(3 * 28 * 28), shape: [1, 3, 28, 28] });
    console.log(vector.length);
  `);
  expect(out).toBe('16\n');
});
