/** In the page: everything the committed references say about models, layers and images. */
import { type Reference, readReference } from '../../lib/parity/reference.ts';
import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { type Case, hasLayerInputs, loadOptions } from '../testing/cases.ts';
import { checkImage } from '../testing/check-image.ts';
import { checkLayers } from '../testing/check-layers.ts';
import { checkModel } from '../testing/check-model.ts';
import type { Findings } from './findings.ts';

/** The bytes of a file of the test server. */
export async function fetchBytes(address: URL): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.href}: expected status 200, got ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A safetensors file of the test server. */
export async function fetchTensors(address: URL): Promise<Checkpoint> {
  return openSafetensors(memorySource(await fetchBytes(address)), address.pathname);
}

/** Checks every model and the layers of some, loaded by URL. */
export async function checkModels(fixtures: URL, findings: Findings): Promise<void> {
  const index = new TextDecoder().decode(await fetchBytes(new URL('index.json', fixtures)));
  const cases: Case[] = JSON.parse(index);
  for (const example of cases) {
    const read = async (folder: string, outputsOnly: boolean): Promise<Reference> =>
      readReference(await fetchTensors(new URL(`${folder}/${example.name}.safetensors`, fixtures)), {
        outputsOnly,
      });
    const source = new URL(`models/${example.model}/`, fixtures);
    const options = loadOptions(example, (file) => new URL(file, source));
    await findings.gather('models', example.name, async () => {
      const reference = await read('references', false);
      const truth = await read('float64', true);
      return checkModel({ source, options, reference, truth });
    });
    if (!hasLayerInputs(example)) continue;
    await findings.gather('models layer by layer', example.name, async () =>
      checkLayers(source, await read('references', false), options),
    );
  }
}

/** Checks every encoded image. */
export async function checkImages(
  fixtures: URL,
  names: readonly string[],
  findings: Findings,
): Promise<void> {
  for (const name of names) {
    await findings.gather('encoded images', name, async () =>
      checkImage(await fetchTensors(new URL(`images/${name}.safetensors`, fixtures))),
    );
  }
}
