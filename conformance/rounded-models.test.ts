/** Every reference, in the precisions that round, at the bars that `verify` holds them to. */
import { setDevice } from '../backends/devices.ts';
import { loadForReference, verifyReference } from '../lib/parity/verify.ts';
import { CASES, modelFolder, optionsOf, readCase } from './testing/references.ts';

beforeAll(async () => {
  await setDevice('simd');
});

describe.each(['f16', 'i8'] as const)('in %s', (precision) => {
  test.each(CASES)('$name', async (example) => {
    const reference = await readCase(example, 'float32');
    const options = { ...optionsOf(example), precision };
    using model = await loadForReference(modelFolder(example), reference, options);
    const rows = await verifyReference(model, reference);
    expect(rows.filter(({ pass }) => !pass)).toEqual([]);
    expect(rows.length).toBe(reference.expected.size);
  });
});
