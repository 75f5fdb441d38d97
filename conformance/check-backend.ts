/**
 * Checks every model, the layers of some, and gradients on a backend, in a process of its own: what `testing/every-model.ts` does where
 * the backend can't run inside of the test runner.
 *
 * Usage: node dist/conformance/check-backend.js DEVICE [--missing]
 *
 * Writes a `Finding` as a line of JSON for each check; with `--missing`, what the device lacks here, and nothing else.
 */
import { engine } from '@tensorflow/tfjs-core';
import { type Device, deviceNamed } from '../backends/devices.ts';
import { hasLayerInputs } from './testing/cases.ts';
import { checkGradients } from './testing/check-gradients.ts';
import { checkLayers } from './testing/check-layers.ts';
import { checkModel, type Miss } from './testing/check-model.ts';
import { GRADIENT_CASES, gradientModel, readGradientCase } from './testing/gradient-cases.ts';
import { CASES, modelFolder, optionsOf, readCase } from './testing/references.ts';

/** What became of one check. */
export interface Finding {
  /** as the test is called */
  check: string;
  /** outputs that miss a bar, and tensors that are left; or what was thrown */
  misses: Miss[] | string;
}

async function find(check: string, run: () => Promise<Miss[]>): Promise<void> {
  const before = engine().state.numTensors;
  let misses: Finding['misses'];
  try {
    misses = await run();
    const left = engine().state.numTensors - before;
    if (left !== 0) misses.push({ output: 'tensors left', maxAbs: left, bound: 0 });
  } catch (error) {
    misses = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  process.stdout.write(`${JSON.stringify({ check, misses } satisfies Finding)}\n`);
}

const device = deviceNamed(process.argv[2] as Device);
if (process.argv[3] === '--missing') {
  process.stdout.write((await device.missing()) ?? '');
  process.exit();
}
await device.start({});
for (const example of CASES) {
  const { name } = example;
  await find(name, async () => {
    const reference = await readCase(example, 'float32');
    const truth = await readCase(example, 'float64');
    return checkModel({ source: modelFolder(example), options: optionsOf(example), reference, truth });
  });
  if (!hasLayerInputs(example)) continue;
  await find(`each layer of ${name}`, async () =>
    checkLayers(modelFolder(example), await readCase(example, 'float32'), optionsOf(example)),
  );
}
for (const example of GRADIENT_CASES) {
  await find(`gradients of ${example.name}`, async () =>
    checkGradients(gradientModel(example), await readGradientCase(example)),
  );
}
