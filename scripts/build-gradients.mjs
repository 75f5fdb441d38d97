/**
 * Bundles TF.js's gradients of its own ops into `ops/generated/tfjs-gradients.ts`.
 *
 * The package has them, but what Node loads of it registers none, and their modules can't be imported in Node one by one. What
 * they use of TF.js is imported from the package, so that there is one engine. Those that use what it doesn't export, of
 * convolutions and pooling, are left out.
 * Run by `npm run build`.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const generated = fileURLToPath(new URL('../ops/generated', import.meta.url));
const require = createRequire(import.meta.url);
const core = '@tensorflow/tfjs-core';
const tf = require(core);
const { version } = require(`${core}/package.json`);
const dist = dirname(require.resolve(core));

/** Modules of the package whose exports it exports in a namespace. */
const NAMESPACES = {
  'util.js': 'util',
  'util_base.js': 'util',
  'ops/axis_util.js': 'backend_util',
  'ops/broadcast_util.js': 'broadcast_util',
  'ops/slice_util.js': 'slice_util',
};

/** A module of the package that gives the package's own exports again; undefined if it doesn't export all that the module does. */
function fromPackage(path) {
  const name = relative(dist, path).replaceAll(sep, '/');
  const space = NAMESPACES[name];
  if (space !== undefined) {
    const values = Object.keys(tf[space]).map(
      (each) => `export const ${each} = /* @__PURE__ */ (() => ${space}.${each})();`,
    );
    return `import { ${space} } from '${core}';\n${values.join('\n')}`;
  }
  const code = readFileSync(path, 'utf8');
  const names = [...code.matchAll(/^export (?:const|function|class) (\w+)|^export \{ (.+?) \};/gm)].flatMap(
    ([, one, list]) => (one ? [one] : list.split(', ').map((each) => each.split(' as ').at(-1))),
  );
  const isWhole = names.length > 0 && names.every((each) => each in tf);
  return isWhole ? `export { ${names.join(', ')} } from '${core}';` : undefined;
}

/** Whether a gradient is made of what the package exports, and of other such gradients. */
function isSelfContained(path) {
  const imports = [...readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g)].map(
    ([, from]) => `${join(dirname(path), from)}.js`,
  );
  return imports.every((each) =>
    dirname(each) === dirname(path) ? isSelfContained(each) : fromPackage(each) !== undefined,
  );
}

const ofPackage = {
  name: 'of-package',
  setup({ onLoad }) {
    onLoad({ filter: /tfjs-core[/\\]dist[/\\]/ }, ({ path }) => {
      if (dirname(path) === folder) return undefined;
      const contents = fromPackage(path);
      if (contents === undefined) throw new Error(`${path}: expected what ${core} exports; it exports less`);
      return { contents, loader: 'js' };
    });
  },
};

const folder = join(dist, 'gradients');
const files = readdirSync(folder)
  .filter((file) => file.endsWith('_grad.js') && isSelfContained(join(folder, file)))
  .map((file) => join(folder, file));
const entry = [
  `import { registerGradient } from '${core}';`,
  ...files.map((file, i) => `import * as _${i} from '${file}';`),
  `for (const module of [${files.map((_, i) => `_${i}`).join(', ')}]) for (const each of Object.values(module)) registerGradient(each);`,
];

const { outputFiles } = await build({
  stdin: { contents: entry.join('\n'), resolveDir: dist },
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  external: [core],
  plugins: [ofPackage],
  minify: true,
  legalComments: 'none',
});
const comment = `/**
 * The gradients of TF.js's ops: ${core} ${version}, Copyright Google LLC, Apache License 2.0. Generated.
 *
 * Importing it registers them.
 */`;
rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
writeFileSync(
  `${generated}/tfjs-gradients.ts`,
  `// @ts-nocheck\n${comment}\n${outputFiles[0].text}export {};\n`,
);
