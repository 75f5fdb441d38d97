/**
 * Bundles the command: `dist/cli/main.js` and chunks beside it, which a verb loads when it needs them. Node opens some twenty
 * files in place of hundreds, and a command starts in two thirds of the time.
 *
 * What is generated, codecs and kernels above all, stays where the library has it. TF.js is required, as Node would do itself after it
 * has read the 30,000 lines of its core for the names of exports, which takes longer than to run them. Run by `npm run build`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** @param {string} name a package of CommonJS; @returns an ES module of the same exports */
function requiring(name) {
  const names = Object.keys(createRequire(import.meta.url)(name)).join(', ');
  return `import { createRequire } from 'node:module';
export const { ${names} } = createRequire(import.meta.url)('${name}');`;
}

const { outputFiles } = await build({
  // threads and `npm start` open theirs by name
  entryPoints: ['cli/main.js', 'cli/expand-images.js', 'images/preprocess-thread-node.js'].map(
    (path) => `${dist}/${path}`,
  ),
  entryNames: '[name]',
  outdir: `${dist}/cli`,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  target: 'es2022',
  logLevel: 'warning',
  write: false,
  plugins: [
    {
      name: 'apart',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/generated\// }, async ({ path, resolveDir }) => ({
          path: `..${fileURLToPath(new URL(path, `file://${resolveDir}/`)).slice(dist.length)}`,
          external: true,
        })),
    },
    {
      name: 'required',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^@tensorflow\/tfjs-(core|backend-cpu)$/ }, ({ path }) => ({
          path,
          namespace: 'required',
        }));
        onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({ contents: requiring(path) }));
      },
    },
  ],
});
rmSync(`${dist}/cli`, { recursive: true });
mkdirSync(`${dist}/cli`);
for (const { path, contents } of outputFiles) writeFileSync(path, contents);
