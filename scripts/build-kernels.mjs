/**
 * Compiles the AssemblyScript of the rooms into modules of base64 text beside it: `backends/simd/assembly` into one for each build of
 * `backends/simd/generated/*.ts`, `lib/products/assembly` into `lib/products/generated/products.ts`.
 *
 * As text in a module, the kernels need no file to be found, fetched or bundled, in Node and in browsers. A build of `simd` is
 * loaded by dynamic import, so only the one that fits the engine is ever read. Run by `npm run build`; a folder in which nothing has changed
 * since it was compiled is left as it is.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import asc from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const BUILDS = {
  'backends/simd': [
    { name: 'plain-alone', features: ['simd'] },
    { name: 'plain-team', features: ['simd', 'threads'] },
    { name: 'relaxed-alone', features: ['simd', 'relaxed-simd'] },
    { name: 'relaxed-team', features: ['simd', 'threads', 'relaxed-simd'] },
  ],
  'lib/products': [{ name: 'products', features: ['simd'] }],
};

if (isMainThread) await buildAll();
else await build(workerData);

/** Compiles all builds of the folders in which something has changed, as many at a time as there are cores: each takes one. */
async function buildAll() {
  const changed = Object.keys(BUILDS)
    .map((folder) => ({
      folder,
      digest: `${generatedOf(folder)}/inputs.sha256`,
      inputs: digestOf(`${ROOT}${folder}`),
    }))
    .filter(({ digest, inputs }) => !existsSync(digest) || readFileSync(digest, 'utf8') !== inputs);
  for (const { folder } of changed) {
    rmSync(generatedOf(folder), { recursive: true, force: true });
    mkdirSync(generatedOf(folder), { recursive: true });
  }
  const waiting = changed.flatMap(({ folder }) => BUILDS[folder].map((each) => ({ folder, ...each })));
  const cores = Array.from({ length: availableParallelism() }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      // its end is an event, and an error that it throws is thrown here
      await once(new Worker(new URL(import.meta.url), { workerData: next }), 'exit');
    }
  });
  await Promise.all(cores);
  // last, so that a build that is broken off is begun again
  for (const { digest, inputs } of changed) writeFileSync(digest, inputs);
}

/** @returns {string} */
function generatedOf(folder) {
  return `${ROOT}${folder}/generated`;
}

/** Compiles one of the builds, and writes its module. */
async function build({ folder, name, features }) {
  const binary = await compile(`${ROOT}${folder}`, features);
  const base64 = Buffer.from(binary).toString('base64');
  writeFileSync(
    `${generatedOf(folder)}/${name}.ts`,
    `/** The kernels with ${features.join(', ')}: ${binary.length} bytes of WebAssembly as base64. Generated. */\nconst text: string = '${base64}';\nexport default text;\n`,
  );
}

/** @returns {string} a digest of all that a folder's kernels may depend on: every source file of it, this script, and the packages */
function digestOf(room) {
  const hash = createHash('sha256');
  const sources = readdirSync(room, { recursive: true }).map((name) => `${room}/${name}`);
  const files = sources
    .filter((path) => path.endsWith('.ts') && !path.startsWith(`${room}/generated/`))
    .sort();
  for (const path of [...files, fileURLToPath(import.meta.url), `${ROOT}package-lock.json`]) {
    hash.update(`${path.slice(ROOT.length)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex');
}

/** @returns {Promise<Uint8Array>} the module that `assembly/index.ts` of a folder is, with these features */
async function compile(room, features) {
  const threads = features.includes('threads');
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await asc.main(
    [
      'assembly/index.ts',
      ...[
        '-O3',
        '--noAssert',
        '--runtime',
        'stub',
        '--importMemory',
        '--memoryBase',
        '8192',
        '--use',
        'abort=',
      ],
      ...['--initialMemory', '1', '--maximumMemory', '65536', ...(threads ? ['--sharedMemory'] : [])],
      ...features.flatMap((feature) => ['--enable', feature]),
      ...['--baseDir', room, '-o', 'kernels.wasm'],
    ],
    {
      writeFile(file, contents) {
        if (file.endsWith('.wasm') && typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error || binary === undefined)
    throw new Error(`build-kernels: ${room} with ${features} failed\n${stderr.toString()}`);
  return binary;
}
