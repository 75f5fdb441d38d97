/** In the page: the bundled model from each kind of source, and the example images. */
import { AutoImageProcessor, BitImageProcessor } from '../../images/image-processor.ts';
import { readReference } from '../../lib/parity/reference.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { checkModel } from '../testing/check-model.ts';
import { fetchBytes, fetchTensors } from './check-references.ts';
import type { Findings } from './findings.ts';
import { classifyImage } from './quick-start.ts';

const FILES = ['config.json', 'preprocessor_config.json', 'model.safetensors'] as const;

/** The bundled model from its place on the server, from another origin, and from files in memory. */
export async function checkDigits(root: URL, elsewhere: URL, findings: Findings): Promise<void> {
  const address = new URL('models/digits/', root);
  const files = await Promise.all(
    FILES.map(async (file) => [file, await fetchBytes(new URL(file, address))] as const),
  );
  const blobs = files.map(([file, bytes]) => [file, new Blob([new Uint8Array(bytes)])] as const);
  const sources: readonly (readonly [string, ModelSource])[] = [
    ['by URL', address],
    ['by URL of another origin', new URL('models/digits/', elsewhere).href],
    ['from arrays', Object.fromEntries(files)],
    ['from blobs', Object.fromEntries(blobs)],
  ];
  for (const [name, source] of sources) {
    await findings.gather('sources of the bundled model', name, async () => {
      const reference = await readReference(await fetchTensors(new URL('fixtures/digits.safetensors', root)));
      const processor = await AutoImageProcessor.fromPretrained(source);
      const preprocess = async (images: readonly Uint8Array[]) =>
        (await processor.preprocess(images)).pixelValues;
      return checkModel({ source, reference, preprocess });
    });
  }
}

/** Pixel values of the example images against those that Node makes of them, bit for bit. */
export async function checkExamples(root: URL, images: readonly string[], findings: Findings): Promise<void> {
  const processor = new BitImageProcessor();
  for (const image of images) {
    await findings.gather('example images', image, async () => {
      const bytes = await fetchBytes(new URL(`images/${image}`, root));
      const { data } = (await processor.preprocess(bytes)).pixelValues;
      const expected = await fetchBytes(new URL(`pixel-values/${image}`, root));
      const actual = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const same = actual.length === expected.length && actual.every((byte, i) => byte === expected[i]);
      return same ? [] : ['pixel values differ from those of Node'];
    });
  }
}

/** The page of a user. */
export async function checkQuickStart(root: URL, findings: Findings): Promise<void> {
  await findings.gather('image classified', 'digits/eight.png', async () => {
    const image = new Blob([new Uint8Array(await fetchBytes(new URL('images/digits/eight.png', root)))]);
    const best = await classifyImage(new URL('models/digits/', root), image);
    return best?.label === 'eight' || best?.label === '8' ? [] : [best];
  });
}
