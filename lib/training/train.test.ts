import { readFileSync } from 'node:fs';
import { setDevice } from '../../backends/devices.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { memorySource } from '../../sources/byte-source.ts';
import { missesOf } from '../../testing/close.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { widen } from '../../weights/widen.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import type { ProblemType } from '../model/model-config.ts';
import { train } from './train.ts';
import type { TrainOptions } from './train-options.ts';
import type { StepRow } from './training-log.ts';

const FOLDER = new URL('../../conformance/fixtures/training/', import.meta.url).pathname;
const IMAGES = 22;

interface Case {
  name: string;
  options: Record<string, unknown> & { problemType: ProblemType };
  log: Pick<StepRow, 'loss' | 'gradientNorm' | 'learningRate'>[];
}

const CASES: Case[] = JSON.parse(readFileSync(`${FOLDER}cases.json`, 'utf8'));
const PROCESSOR = new BitImageProcessor({
  doResize: false,
  doCenterCrop: false,
  doRescale: false,
  imageMean: [127.5, 127.5, 127.5],
  imageStd: [127.5, 127.5, 127.5],
});

/** The images, with labels of a kind. */
async function dataset(problemType: ProblemType): Promise<Dataset> {
  const bytes = new Uint8Array(readFileSync(`${FOLDER}data.safetensors`));
  const file = await openSafetensors(memorySource(bytes), 'data');
  const images = await file.read('images');
  const { buffer } = await file.read('labels');
  const single = new Int32Array(buffer);
  const several = widen(
    await file.read(problemType === 'regression' ? 'labels.numbers' : 'labels.multi'),
    'F32',
  );
  const items = Array.from({ length: IMAGES }, (_, i) => ({
    name: `image ${i}`,
    image: { width: 8, height: 8, channels: 3 as const, data: images.slice(i * 192, (i + 1) * 192) },
    label:
      problemType === 'single_label_classification' ? (single[i] ?? 0) : [...several.slice(3 * i, 3 * i + 3)],
  }));
  return { items, classes: ['a', 'b', 'c'], problemType };
}

function start(problemType: ProblemType): Promise<Dinov2ForImageClassification> {
  return Dinov2ForImageClassification.fromPretrained(`${FOLDER}start`, {
    problemType: problemType as 'regression',
  });
}

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(() => setDevice(device));

  // what cases differ in is the same on both
  test.each(CASES.slice(device === 'cpu' ? -1 : 0))(
    'the steps are those of torch: $name',
    async ({ name, options, log }) => {
      const { problemType, ...given } = options;
      using model = await start(problemType);
      const settings = { ...given, batchSize: 4, processor: PROCESSOR } as TrainOptions;
      const { steps } = await train(model, await dataset(problemType), settings);
      for (const value of ['loss', 'gradientNorm', 'learningRate'] as const) {
        const [actual, expected] = [steps, log].map((rows) => rows.map((row) => row[value]));
        expect(missesOf(actual ?? [], expected ?? [], value === 'learningRate' ? 1e-12 : 1e-5)).toEqual([]);
      }
      const files = {
        'config.json': new Uint8Array(readFileSync(`${FOLDER}start/config.json`)),
        'model.safetensors': new Uint8Array(readFileSync(`${FOLDER}${name}.safetensors`)),
      };
      using expected = await Dinov2ForImageClassification.fromPretrained(files);
      for (const [parameter, tensor] of expected.parameters) {
        const found = await model.parameters.get(parameter)?.data<'float32'>();
        const wanted = await tensor.data<'float32'>();
        // the gradient of key's bias is 0 but for rounding, which Adam makes steps of
        const isKeyBias = (i: number): boolean =>
          parameter.endsWith('qkv.bias') && Math.floor(i / (wanted.length / 3)) === 1;
        const misses = missesOf(found ?? [], wanted, 2e-6).filter(({ index }) => !isKeyBias(index));
        expect([parameter, misses]).toEqual([parameter, []]);
      }
    },
  );
});
