import { FIRST_FLOAT, KIND, PARAMETERS } from './control-block.ts';
import { Job } from './job.ts';
import { AXES, COPY, LAYER_NORM } from './job-kinds.ts';
import * as axisSlots from './slots/axes.ts';
import * as copySlots from './slots/copy.ts';
import * as normSlots from './slots/layer-norm.ts';
import * as rowSlots from './slots/rows.ts';

function controlBlock(): { ints: Int32Array; floats: Float32Array } {
  const buffer = new ArrayBuffer(2048);
  return { ints: new Int32Array(buffer), floats: new Float32Array(buffer) };
}

test('parameters go where the kernel reads them, whatever their order', () => {
  const { ints, floats } = controlBlock();
  const job = new Job(LAYER_NORM, { ...rowSlots, ...normSlots });
  job.write(ints, floats, { epsilon: 0.5, beta: 15, gamma: 14, y: 13, width: 12, rows: 11, x: 10 });
  expect(ints[KIND / 4]).toBe(LAYER_NORM);
  expect([...ints.subarray(PARAMETERS / 4, PARAMETERS / 4 + 7)]).toEqual([10, 11, 12, 13, 14, 15, 0]);
  expect(floats[PARAMETERS / 4 + FIRST_FLOAT]).toBe(0.5);
});

test('a list fills its slot and those that follow', () => {
  const { ints, floats } = controlBlock();
  const job = new Job(COPY, { ...axisSlots, ...copySlots }, ['lengths', 'firstSteps', 'secondSteps']);
  const list = (from: number) => Array.from({ length: AXES }, (_, i) => from + i);
  job.write(ints, floats, {
    ...{ from: 19, to: 20, planes: 21 },
    ...{ lengths: list(1), firstSteps: list(7), secondSteps: list(13) },
  });
  const written = ints.subarray(PARAMETERS / 4, PARAMETERS / 4 + 22);
  expect([...written]).toEqual(Array.from({ length: 22 }, (_, i) => (i + 1) % 22));
});

test('the types refuse names that are wrong or missing', () => {
  const { ints, floats } = controlBlock();
  const job = new Job(LAYER_NORM, rowSlots);
  // @ts-expect-error
  job.write(ints, floats, { x: 1, rows: 2, width: 3 });
  // @ts-expect-error
  job.write(ints, floats, { x: 1, rows: 2, width: 3, y: 4, z: 5 });
  // @ts-expect-error
  job.write(ints, floats, { x: [1], rows: 2, width: 3, y: 4 });
});
