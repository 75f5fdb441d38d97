/** How the page is served and built: static files whose addresses are relative, so that they work below any path. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What lets threads share memory; other hosts do without, on one thread. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  root: `${root}site`,
  base: './',
  // files for Node are nothing in pages, as the package's own `imports` say
  resolve: { alias: [{ find: /^#node\/.*/, replacement: `${root}platform/nothing.ts` }] },
  server: { headers: ISOLATED, fs: { allow: [root] } },
  preview: { headers: ISOLATED },
  optimizeDeps: { entries: ['main.ts', 'worker.ts'] },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
  },
});
