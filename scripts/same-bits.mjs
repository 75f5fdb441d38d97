/**
 * Compares two builds of the package: whether every output is the same in every bit.
 *
 * Usage: node scripts/same-bits.mjs BEFORE AFTER
 *
 * BEFORE and AFTER are checkouts that are built (`dist/` stands in each). Each build runs, in a process of its own and
 * through its public face, every reference's inputs on every backend, with internals and without, writes the ONNX
 * file of the same pass, and preprocesses every image among the fixtures; what comes of it is compared by its hash.
 * Status 1 if anything differs.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const SET_UPS = [
  { name: 'cpu', device: 'cpu', options: {} },
  { name: 'simd, 1 thread', device: 'simd', options: { threads: 1 } },
  { name: 'simd, 2 threads', device: 'simd', options: { threads: 2 } },
  { name: 'simd, 16-bit weights', device: 'simd', options: { threads: 2, halfWeights: true } },
];

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

/** The tensors of a safetensors file by name, with the numbers of F32 and U8. */
async function readTensors(path) {
  const file = await readFile(path);
  const end = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata, ...header } = JSON.parse(file.toString('utf8', 8, end));
  const tensors = new Map();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const bytes = Uint8Array.from(file.subarray(end + data_offsets[0], end + data_offsets[1]));
    tensors.set(name, { shape, values: dtype === 'F32' ? new Float32Array(bytes.buffer) : bytes });
  }
  return { metadata, tensors };
}

/** Every tensor that an output has, by a path such as `hiddenStates.3`. */
function* tensorsIn(output) {
  for (const name of ['lastHiddenState', 'poolerOutput', 'logits', 'loss']) {
    if (output[name] !== undefined) yield [name, output[name]];
  }
  for (const name of ['featureMaps', 'hiddenStates', 'attentions']) {
    for (const [i, tensor] of (output[name] ?? []).entries()) yield [`${name}.${i}`, tensor];
  }
}

async function* hashesOfModels(lib, tf, fixtures, { name: setUp }) {
  const folder = await mkdtemp(join(tmpdir(), 'same-bits-'));
  for (const { name, model: files, position_interpolation, head } of JSON.parse(
    await readFile(`${fixtures}/index.json`, 'utf8'),
  )) {
    const { metadata, tensors } = await readTensors(`${fixtures}/references/${name}.safetensors`);
    const place = `${fixtures}/models/${files}`;
    const kind = metadata.architecture.replace(/WithRegisters/, '');
    const model = await lib[kind].fromPretrained(place, {
      ...(position_interpolation && { positionInterpolation: position_interpolation }),
      ...(head && { head: `${place}/${head}` }),
    });
    const input = (key, dtype) => {
      const found = tensors.get(key);
      return found && tf.tensor(found.values, found.shape, dtype);
    };
    const pixels = input('pixel_values', 'float32');
    if (pixels === undefined) continue;
    const boolMaskedPos = input('bool_masked_pos', 'bool');
    const attentionMask = input('attention_mask', 'float32');
    const masks = { ...(boolMaskedPos && { boolMaskedPos }), ...(attentionMask && { attentionMask }) };
    for (const internals of [true, false]) {
      const asked = { outputHiddenStates: internals, outputAttentions: internals };
      const output = model.forward(pixels, { ...masks, ...asked });
      for (const [path, tensor] of tensorsIn(output)) {
        yield [`${setUp} ${name} ${internals ? 'all ' : ''}${path}`, hash(bytesOf(await tensor.data()))];
      }
      output.dispose();
      if (setUp !== 'simd, 2 threads') continue;
      const graph = await lib.trace(model, pixels, { ...asked, ...masks });
      for (const target of ['standard', 'ort']) {
        const path = join(folder, `${target}.onnx`);
        await lib.exportOnnx(graph, path, { target, overwrite: true });
        yield [`${name} ${internals ? 'all ' : ''}${target} ONNX`, hash(await readFile(path))];
      }
    }
    model.dispose();
  }
  await rm(folder, { recursive: true });
}

async function* hashesOfImages(lib, fixtures) {
  for (const backend of ['torchvision', 'pil', 'timm']) {
    const processor = new lib.BitImageProcessor({ ...lib.DINOV2_PROCESSOR }, backend);
    for (const file of await readdir(`${fixtures}/images`)) {
      const { tensors } = await readTensors(`${fixtures}/images/${file}`);
      const image = tensors.get('image_file')?.values;
      if (image === undefined) continue;
      const { pixelValues } = await processor.preprocess(image);
      yield [`${backend} ${file}`, hash(bytesOf(pixelValues.data))];
    }
  }
}

const print = (line) => process.stdout.write(`${line.join('\t')}\n`);

/** In a process of its own: what a build computes, a line each. */
async function report(checkout) {
  const lib = await import(pathToFileURL(join(checkout, 'dist/lib/index.js')).href);
  const core = createRequire(join(checkout, 'package.json')).resolve('@tensorflow/tfjs-core');
  const tf = await import(pathToFileURL(core).href);
  const fixtures = join(checkout, 'conformance/fixtures');
  for (const setUp of SET_UPS) {
    await lib.setDevice(setUp.device, setUp.options);
    for await (const line of hashesOfModels(lib, tf, fixtures, setUp)) print(line);
  }
  for await (const line of hashesOfImages(lib, fixtures)) print(line);
}

/** The lines of a build by what they are of. */
async function linesOf(checkout) {
  const words = [fileURLToPath(import.meta.url), '--report', resolve(checkout)];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 28 });
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')),
  );
}

const [first, second] = process.argv.slice(2);
if (first === '--report') {
  await report(second);
} else {
  const before = await linesOf(first);
  const after = await linesOf(second);
  const names = new Set([...before.keys(), ...after.keys()]);
  const differing = [...names].filter((name) => before.get(name) !== after.get(name));
  for (const name of differing) {
    process.stdout.write(
      `${name}: ${before.get(name) ?? 'absent'} before, ${after.get(name) ?? 'absent'} after\n`,
    );
  }
  process.stdout.write(`${names.size} outputs compared, ${differing.length} differ\n`);
  process.exitCode = differing.length > 0 || names.size === 0 ? 1 : 0;
}
