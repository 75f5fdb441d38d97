/**
 * Builds the native add-on of @tensorflow/tfjs-node against the TensorFlow of a wheel on PyPI.
 *
 * Usage: node scripts/build-tensorflow.mjs [--gpu]
 *
 * It is run in the folder of a project that has @tensorflow/tfjs-node, and changes nothing but the folders `deps` and `lib` of
 * that package. The package's own install script takes TensorFlow 2.9 and the add-on from a server that is no package
 * registry; this one needs the registries of npm and PyPI, Python with pip, and g++, on Linux and x64.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Wheels have TensorFlow's interface for C beside Python's. 2.15.1 is the newest that passes all of tfjs-node's own specs.
 * It knows no GPUs after Ada, so the one for GPUs is newer; there, TF.js's `round` is wrong for int32.
 */
const WHEELS = {
  cpu: {
    name: 'tensorflow-cpu==2.15.1',
    sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
    platform: 'manylinux2014_x86_64',
  },
  gpu: {
    name: 'tensorflow==2.21.0',
    sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
    platform: 'manylinux_2_27_x86_64',
  },
};

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** Node's interface for add-ons, as Node's own headers may not be there. */
const HEADERS = 'node-api-headers@1.9.0';

function say(message) {
  process.stderr.write(`build-tensorflow: ${message}\n`);
}

/** Stops with a remedy if a program is not there. */
function requireProgram(words, remedy) {
  const [program, ...rest] = words;
  if (spawnSync(program, rest, { stdio: 'ignore' }).status === 0) return;
  throw new Error(`expected \`${words.join(' ')}\` to work, got a failure; ${remedy}`);
}

/** Runs a program; what it writes goes to stderr. */
function run(what, program, words) {
  say(what);
  const { status } = spawnSync(program, words, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`expected ${program} to succeed, got status ${status}; see above`);
}

/** The folder of tfjs-node in the project that this is run in. */
function findPackage(gpu) {
  const { resolve } = createRequire(join(process.cwd(), 'package.json'));
  for (const name of [...(gpu ? ['@tensorflow/tfjs-node-gpu'] : []), '@tensorflow/tfjs-node']) {
    try {
      return dirname(resolve(`${name}/package.json`));
    } catch {
      // the other one, or none
    }
  }
  throw new Error(
    `expected @tensorflow/tfjs-node in ${process.cwd()}, got none; npm install --ignore-scripts @tensorflow/tfjs-node, see docs/tensorflow.md`,
  );
}

/** Downloads a wheel and unpacks it. @returns the folder of its package `tensorflow` */
function fetchTensorflow(work, { name, sha256, platform }) {
  const requirements = join(work, 'requirements.txt');
  writeFileSync(requirements, `${name} --hash=sha256:${sha256}\n`);
  run(`downloading ${name}`, 'python3', [
    ...[
      '-m',
      'pip',
      'download',
      '--require-hashes',
      '--requirement',
      requirements,
      '--no-deps',
      '--dest',
      work,
    ],
    // the libraries are those of every Python; the hash is that of the wheel for this one
    ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.11', '--platform', platform],
  ]);
  const wheel = readdirSync(work).find((file) => file.endsWith('.whl'));
  if (wheel === undefined) throw new Error('expected a wheel from pip, got none');
  run(`unpacking ${wheel}`, 'python3', ['-m', 'zipfile', '-e', join(work, wheel), join(work, 'wheel')]);
  return join(work, 'wheel', 'tensorflow');
}

/** Compiles the sources that the package brings along. @returns the add-on */
function compile(folder, work, tensorflow) {
  run(`fetching ${HEADERS}`, 'npm', ['install', '--prefix', work, '--ignore-scripts', '--no-save', HEADERS]);
  const addOn = join(work, 'tfjs_binding.node');
  run('compiling the add-on', 'g++', [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-o', addOn],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(folder, 'binding', file)),
    ...[join(work, 'node_modules/node-api-headers/include'), join(tensorflow, 'include')].flatMap((path) => [
      '-I',
      path,
    ]),
    ...['-L', tensorflow, ...LIBRARIES.map((library) => `-l:${library}`)],
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ]);
  return addOn;
}

/** Puts the libraries and the add-on where tfjs-node looks for them, in place of what is there. */
function install(folder, tensorflow, addOn) {
  const require = createRequire(join(folder, 'package.json'));
  const target = require('@mapbox/node-pre-gyp').find(join(folder, 'package.json'));
  for (const old of ['deps', 'lib', 'build']) rmSync(join(folder, old), { recursive: true, force: true });
  mkdirSync(join(folder, 'deps', 'lib'), { recursive: true });
  for (const library of LIBRARIES)
    renameSync(join(tensorflow, library), join(folder, 'deps', 'lib', library));
  mkdirSync(dirname(target), { recursive: true });
  renameSync(addOn, target);
}

async function main() {
  const { gpu } = parseArgs({ options: { gpu: { type: 'boolean', default: false } } }).values;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `expected Linux on x64, got ${process.platform} on ${process.arch}; let the install script of tfjs-node do it`,
    );
  }
  const folder = findPackage(gpu);
  requireProgram(['python3', '-m', 'pip', '--version'], 'install Python 3 with pip');
  requireProgram(['g++', '--version'], 'install g++');
  requireProgram(['npm', '--version'], 'install npm');
  // beside the target, so that what is unpacked need not be copied
  const work = join(folder, 'build-tensorflow');
  try {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work);
    const tensorflow = fetchTensorflow(work, gpu ? WHEELS.gpu : WHEELS.cpu);
    install(folder, tensorflow, compile(folder, work, tensorflow));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const { setDevice } = await import('../dist/lib/index.js');
  await setDevice('tensorflow');
  say(`done; TensorFlow computes from ${folder}`);
}

try {
  await main();
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
