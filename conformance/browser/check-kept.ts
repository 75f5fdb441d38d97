/** In the page: the bundled model at a second visit, from what the first has kept. */
import { AutoImageProcessor } from '../../images/image-processor.ts';
import { Dinov2ForImageClassification } from '../../lib/families/dinov2/dinov2-for-image-classification.ts';
import { readReference } from '../../lib/parity/reference.ts';
import { deleteCachedFiles, listCachedFiles } from '../../sources/kept/cached-files.ts';
import type { RepositoryOptions } from '../../sources/repository.ts';
import { checkModel } from '../testing/check-model.ts';
import { fetchTensors } from './check-references.ts';
import type { Findings } from './findings.ts';

/** What the second visit asks for: configurations as they are now, and whether the weights are the same. */
const REVALIDATION = 'GET config.json, GET preprocessor_config.json, HEAD model.safetensors';

/** Whether weights are kept, found again, asked about, read offline, and deleted; by two visits at once too. */
export async function checkKept(root: URL, findings: Findings): Promise<void> {
  const address = new URL('models/digits/', root);
  const visit = async (options: RepositoryOptions = {}): Promise<unknown[]> => {
    const reference = await readReference(await fetchTensors(new URL('fixtures/digits.safetensors', root)));
    const processor = await AutoImageProcessor.fromPretrained(address, options);
    const preprocess = async (images: readonly Uint8Array[]) =>
      (await processor.preprocess(images)).pixelValues;
    return checkModel({ source: address, options, reference, preprocess });
  };
  await deleteCachedFiles(address);
  await findings.gather('visits', 'two first ones at once', async () =>
    (await Promise.all([load(address), load(address)])).flat(),
  );
  await findings.gather('visits', 'the second', async () => {
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(`${init?.method ?? 'GET'} ${String(input).split('/').at(-1)}`);
      return fetch(input, init);
    };
    const wrong = await visit({ fetch: counting });
    const all = asked.sort().join(', ');
    return all === REVALIDATION ? wrong : [...wrong, `asked for ${all}`];
  });
  await findings.gather('visits', 'one without a network', () =>
    visit({ offline: true, fetch: () => Promise.reject(new Error('expected no request')) }),
  );
  await findings.gather('visits', 'the list of what is kept', async () => {
    const listed = (await listCachedFiles()).filter(({ url }) => url.startsWith(address.href));
    const deleted = await deleteCachedFiles(address);
    const left = (await listCachedFiles()).filter(({ url }) => url.startsWith(address.href));
    const whole = listed.filter(({ size, kept }) => size === kept).length;
    return whole === 3 && deleted.length === 3 && left.length === 0 ? [] : [listed, deleted, left];
  });
}

async function load(address: URL): Promise<unknown[]> {
  (await Dinov2ForImageClassification.fromPretrained(address)).dispose();
  return [];
}
