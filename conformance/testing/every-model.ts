/**
 * The conformance test of a backend: every reference that transformers and timm made, against this library, at this library's own bar.
 *
 * A tensor passes if max |a − b| ≤ 2e-5 · max(1, max |reference|); the outputs of a model are also no further from
 * PyTorch's float64 answer than three times PyTorch's own float32 is, or one step of float32.
 */
import { readFileSync } from 'node:fs';
import { compareValues } from '../../lib/parity/compare.ts';
import { type Reference, readReference } from '../../lib/parity/reference.ts';
import { loadForReference, verifyReference } from '../../lib/parity/verify.ts';
import { openFileSource } from '../../weights/file-source-node.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';

const ATOL = 2e-5;
/** A float32 result can't be expected nearer to the truth than its own last place allows. */
const FLOAT32_STEP = 2 ** -23;
const FIXTURES = new URL('../fixtures/', import.meta.url).pathname;

interface Case {
  name: string;
  model: string;
  position_interpolation?: 'hf' | 'original' | 'timm';
}

const cases: Case[] = JSON.parse(readFileSync(`${FIXTURES}index.json`, 'utf8'));

async function read(folder: string, name: string): Promise<Reference> {
  const path = `${FIXTURES}${folder}/${name}.safetensors`;
  const file = await openSafetensors(await openFileSource(path), path);
  const inputs = folder === 'float64';
  try {
    return await readReference(file, { outputsOnly: inputs });
  } finally {
    await file.close();
  }
}

/** Defines the tests, one for each reference, on the backend that is current when they run. */
export function testEveryModel(): void {
  test.each(cases)('$name', async ({ name, model: folder, position_interpolation }) => {
    const reference = await read('references', name);
    const truth = await read('float64', name);
    using model = await loadForReference(`${FIXTURES}models/${folder}`, reference, {
      ...(position_interpolation && { positionInterpolation: position_interpolation }),
    });
    const rows = await verifyReference(model, reference, { atol: ATOL });
    expect(rows.length).toBe(reference.expected.size);
    expect(rows.filter((row) => !row.pass)).toEqual([]);

    const againstTruth = await verifyReference(
      model,
      { ...reference, expected: truth.expected },
      { atol: ATOL },
    );
    const tooFar = againstTruth
      // a loss has the error of the logits, which is checked, times a factor that the labels decide
      .filter(({ name: output }) => output !== 'loss')
      .map(({ name: output, maxAbs, maxReference }) => {
        const float32 = reference.expected.get(output)?.values ?? [];
        const exact = truth.expected.get(output)?.values ?? [];
        const torch = compareValues(output, float32, exact, ATOL).maxAbs;
        return {
          output,
          maxAbs,
          torch,
          bound: Math.max(3 * torch, FLOAT32_STEP * Math.max(1, maxReference)),
        };
      })
      .filter(({ maxAbs, bound }) => maxAbs > bound);
    expect(tooFar).toEqual([]);
  });
}
