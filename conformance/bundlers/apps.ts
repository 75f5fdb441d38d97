/** Every app that the package is tried in: how it is built, and where it runs. */

/** How an app is run once it is built. */
export type Host =
  /** a page of a folder of files */
  | { kind: 'page'; folder: string; page?: string }
  /** a page of the bundler's own server */
  | { kind: 'server'; command: readonly string[]; page: string; route?: string }
  /** a program in Node */
  | { kind: 'program'; file: string };

/** One app. */
export interface App {
  name: string;
  /** commands of `project/` that build it, without `npx`; none where there is nothing to build */
  build: readonly (readonly string[])[];
  host: Host;
}

/** Where servers of bundlers listen. */
export const PORT = 4583;

/** Minified, without the list of files, which marks those that are large. */
const QUIET = ['--minify', '--log-level=warning'];
const ESBUILD_PAGE = ['esbuild', 'page.js', '--bundle', '--splitting', '--format=esm', ...QUIET];
const ESBUILD_NODE = ['esbuild', 'program.js', '--bundle', '--platform=node', ...QUIET];
const NEXT_SERVER: Host = {
  kind: 'server',
  command: ['next', 'start', 'next', '-p', String(PORT)],
  page: '/',
  route: '/api/embed',
};

/** All of them. */
export const APPS: readonly App[] = [
  { name: 'one file', build: [], host: { kind: 'page', folder: '.', page: 'one-file.html' } },
  {
    name: 'one file of another origin',
    build: [],
    host: { kind: 'page', folder: '.', page: 'one-file-elsewhere.html' },
  },
  {
    name: 'esbuild, page',
    build: [[...ESBUILD_PAGE, '--outdir=built/esbuild']],
    host: { kind: 'page', folder: 'built/esbuild' },
  },
  {
    name: 'esbuild, Node, ES module',
    build: [[...ESBUILD_NODE, '--format=esm', '--outfile=built/program.mjs']],
    host: { kind: 'program', file: 'built/program.mjs' },
  },
  { name: 'Rollup, page', build: [['rollup', '-c']], host: { kind: 'page', folder: 'built/rollup' } },
  { name: 'webpack, page', build: [['webpack']], host: { kind: 'page', folder: 'built/webpack' } },
  { name: 'Vite, page', build: [['vite', 'build']], host: { kind: 'page', folder: 'built/vite' } },
  {
    name: 'Vite, page in development',
    build: [],
    host: { kind: 'server', command: ['vite', '--port', String(PORT), '--strictPort'], page: '/' },
  },
  {
    name: 'Next with Turbopack, page and route handler',
    build: [['next', 'build', 'next']],
    host: NEXT_SERVER,
  },
  {
    name: 'Next with webpack, page and route handler',
    build: [['next', 'build', '--webpack', 'next']],
    host: NEXT_SERVER,
  },
];
