/** The conformance test of a backend: every reference that transformers and timm made, and every layer. */
import { hasLayerInputs } from './cases.ts';
import { checkLayers } from './check-layers.ts';
import { checkModel } from './check-model.ts';
import { CASES, modelFolder, optionsOf, readCase } from './references.ts';

/** Defines the tests, for each reference and each layer, on the backend that is current when they run. */
export function testEveryModel(): void {
  test.each(CASES)('$name', async (example) => {
    const reference = await readCase(example, 'float32');
    const truth = await readCase(example, 'float64');
    const check = { source: modelFolder(example), options: optionsOf(example), reference, truth };
    expect(await checkModel(check)).toEqual([]);
  });

  test.each(CASES.filter(hasLayerInputs))('each layer of $name', async (example) => {
    const reference = await readCase(example, 'float32');
    expect(await checkLayers(modelFolder(example), reference, optionsOf(example))).toEqual([]);
  });
}
