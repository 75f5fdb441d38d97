/**
 * Bundles `dist/lib` into `dist/browser/dinov2-tfjs.js`, one module for pages that have no bundler: TF.js's core, the
 * kernels and the common codecs are within.
 *
 * AVIF and JPEG 2000, half of all bytes and rarely wanted, stay where the package has them, and are fetched from there when
 * an image needs them. Run by `npm run build`.
 */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** Text alone, so that nothing of the library is loaded twice with them. */
const APART = /\/generated\/(avif|openjpeg)\.js$/;

await build({
  entryPoints: [`${dist}/lib/index.js`],
  outfile: `${dist}/browser/dinov2-tfjs.js`,
  bundle: true,
  format: 'esm',
  minify: true,
  target: 'es2022',
  legalComments: 'linked',
  logLevel: 'warning',
  plugins: [
    {
      name: 'apart',
      setup: ({ onResolve }) =>
        onResolve({ filter: APART }, ({ path }) => ({
          path: path.replace('./', '../images/decoders/'),
          external: true,
        })),
    },
  ],
});
