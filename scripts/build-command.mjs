/**
 * Bundles the command: `dist/cli/main.js` and chunks beside it, which a verb loads when it needs them. Node opens some twenty
 * files in place of hundreds, and a command starts in two thirds of the time.
 *
 * What is generated, codecs and kernels above all, stays where the library has it. Run by `npm run build`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

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
  ],
});
rmSync(`${dist}/cli`, { recursive: true });
mkdirSync(`${dist}/cli`);
for (const { path, contents } of outputFiles) writeFileSync(path, contents);
