/** Bundling for browsers, as a user would: no plugins, no polyfills, nothing left out. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

/** How much is loaded at a point. */
export interface Load {
  /** the file that is asked for */
  name: string;
  /** bytes of it and of what it imports, as far as not loaded at the start */
  minified: number;
  gzipped: number;
}

/**
 * Bundles entry points into a folder; chunks are shared and loaded when they are needed.
 *
 * @throws if anything can't be resolved, or if a module of Node is left in
 */
export async function bundle(entryPoints: readonly string[], outdir: string): Promise<Metafile> {
  const { metafile, warnings } = await build({
    entryPoints: [...entryPoints],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    metafile: true,
    logLevel: 'silent',
    // as in a browser that does not know `using` yet
    define: { 'Symbol.dispose': 'undefined' },
  });
  if (warnings.length > 0) throw new Error(`esbuild: ${warnings.map(({ text }) => text).join('; ')}`);
  for (const [output, { imports }] of Object.entries(metafile.outputs)) {
    const left = imports.filter(({ external }) => external).map(({ path }) => path);
    if (left.length > 0) throw new Error(`${output}: expected nothing outside of the bundle, got ${left}`);
    const text = await readFile(output, 'utf8');
    if (/["'`]node:/.test(text)) throw new Error(`${output}: expected no module of Node, got one`);
  }
  return metafile;
}

/**
 * What is loaded at the start, and what each dynamic import adds, largest first.
 *
 * @param start the end of the path of the page's own entry point
 */
export async function loads({ outputs }: Metafile, start: string): Promise<Load[]> {
  const closure = (path: string, found = new Set<string>()): Set<string> => {
    if (found.has(path)) return found;
    found.add(path);
    for (const next of outputs[path]?.imports ?? [])
      if (next.kind === 'import-statement') closure(next.path, found);
    return found;
  };
  const measure = async (name: string, paths: Iterable<string>): Promise<Load> => {
    let [minified, gzipped] = [0, 0];
    for (const path of paths) {
      const bytes = await readFile(join(path));
      minified += bytes.length;
      gzipped += gzipSync(bytes).length;
    }
    return { name, minified, gzipped };
  };
  const lazy = new Set(
    Object.values(outputs).flatMap(({ imports }) =>
      imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
    ),
  );
  const [entry] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.endsWith(start)) ?? [];
  if (entry === undefined) throw new Error(`${start}: expected an entry point, got none of this name`);
  const initial = closure(entry);
  const later = await Promise.all(
    [...lazy].map((path) =>
      measure(
        outputs[path]?.entryPoint ?? path,
        [...closure(path)].filter((each) => !initial.has(each)),
      ),
    ),
  );
  const sorted = later.filter(({ minified }) => minified > 0).sort((a, b) => b.minified - a.minified);
  return [await measure('at the start', initial), ...sorted];
}
