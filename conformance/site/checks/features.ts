/** The tab of features. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { decodeImage, PcaBasis } from '../../../lib/index.ts';
import type { SiteCheck } from '../site-check.ts';
import {
  coloured,
  download,
  drop,
  example,
  idle,
  loadAddress,
  modelNamed,
  overOf,
  settled,
} from '../visitor.ts';

const PHOTOS = ['astronaut', 'camera', 'chelsea', 'coffee', 'rocket'];

/**
 * Bytes of the page and its worker: values, buffers, WebAssembly. A measurement right behind work lacks what the worker has made of late, and
 * Chromium takes a minute for each.
 */
async function memoryOf(page: Page): Promise<number> {
  const measure = async (): Promise<number> =>
    page.evaluate(async () => {
      const measured = performance as unknown as {
        measureUserAgentSpecificMemory(): Promise<{ bytes: number }>;
      };
      return (await measured.measureUserAgentSpecificMemory()).bytes;
    });
  const early = await measure();
  await page.waitForTimeout(1500);
  return Math.max(early, await measure());
}

const coloursOfExamples = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `features: the example digits in colours, and saved as a PNG, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    await settled(page);
    await coloured(page, 10);
    const file = await download(page, () =>
      page.getByRole('button', { name: 'Save the PNG of two.png' }).click(),
    );
    const { width: columns, data } = await decodeImage(await readFile(file.path));
    expect(file.name === 'two-features.png', `name: ${file.name}`);
    expect(columns === 64, `width: ${columns}`);
    expect(new Set(data).size > 20, 'the image has hardly any colours');
  },
});

export const featureChecks: readonly SiteCheck[] = [
  coloursOfExamples('isolated', 1440),
  coloursOfExamples('plain', 360),
  {
    name: 'features: locked colours stay as they are when an image comes, others are found anew',
    async run({ page, expect }) {
      await settled(page);
      await coloured(page, 10);
      const before = await overOf(page, 'two.png');
      await page.getByLabel('Lock colours').check();
      await drop(page, [{ name: 'chelsea.jpg', path: example('photos/chelsea.jpg') }]);
      await coloured(page, 11);
      expect((await overOf(page, 'two.png')) === before, 'locked colours change');
      await page.getByLabel('Lock colours').uncheck();
      await page.waitForTimeout(500);
      await idle(page);
      expect((await overOf(page, 'two.png')) !== before, 'unlocked colours stay');
    },
  },
  {
    name: 'features: what fills the image is the other side of the foreground',
    async run({ page, expect }) {
      await settled(page);
      await coloured(page, 10);
      const black = async (): Promise<number> =>
        page
          .locator('.feature-card .over')
          .first()
          .evaluate(async (image: HTMLImageElement) => {
            const bitmap = await createImageBitmap(image);
            const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
            context?.drawImage(bitmap, 0, 0);
            const data = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? [];
            const pixels = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 3));
            return pixels.filter((pixel) => pixel.every((value) => value === 0)).length / pixels.length;
          });
      const inside = await black();
      await page.getByRole('combobox', { name: 'Colours of' }).selectOption('What fills the image');
      await page.waitForTimeout(500);
      await idle(page);
      expect(Math.abs(inside + (await black()) - 1) < 0.02, `of ${inside} background, ${await black()} is`);
    },
  },
  {
    name: 'features: saved as safetensors, and colours saved and opened',
    async run({ page, expect }) {
      await settled(page);
      await coloured(page, 10);
      const features = await download(page, () =>
        page.getByRole('button', { name: 'Save the features of two.png' }).click(),
      );
      const bytes = await readFile(features.path);
      const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
      expect(String(header.patches.shape) === '256,96', `patches: ${header.patches.shape}`);
      expect(String(header.cls.shape) === '96', `cls: ${header.cls.shape}`);
      const before = await overOf(page, 'two.png');
      const basis = await download(page, () => page.getByRole('button', { name: 'Save colours' }).click());
      expect(
        (await PcaBasis.fromBytes(await readFile(basis.path))).dim === 96,
        'the basis is of another width',
      );
      await page.getByRole('combobox', { name: 'Layer', exact: true }).selectOption('4');
      await page.waitForTimeout(500);
      await idle(page);
      await page.getByRole('combobox', { name: 'Layer', exact: true }).selectOption('2');
      await page.getByLabel('File of colours').setInputFiles(basis.path);
      await page.waitForTimeout(500);
      await idle(page);
      expect(await page.getByLabel('Lock colours').isChecked(), 'colours of a file are not locked');
      expect((await overOf(page, 'two.png')) === before, 'colours of a file are others');
    },
  },
  {
    name: 'features: the first image of a model of the size of dinov2-small within 1.2 × of the library',
    async run({ page, server, expect }) {
      await settled(page);
      await page.getByRole('button', { name: 'Remove all' }).click();
      await loadAddress(page, server.model('small'));
      await modelNamed(page, server.model('small'));
      await drop(page, [{ name: 'chelsea.jpg', path: example('photos/chelsea.jpg') }]);
      await coloured(page, 1);
      const costs = await page.evaluate(() =>
        performance.getEntriesByName('dinov2 fit').map((entry) => ({
          waited: entry.duration,
          library: (entry as PerformanceMeasure).detail.library,
        })),
      );
      const { waited = 0, library = 0 } = costs.at(-1) ?? {};
      expect(library > 0, 'the library computed nothing');
      expect(
        waited <= 1.2 * library,
        `${waited.toFixed(0)} ms, of which the library ${library.toFixed(0)} ms`,
      );
    },
  },
  {
    name: 'features: memory is flat over 200 images',
    async run({ page, expect }) {
      await settled(page);
      await page.getByLabel('Resolution').selectOption('32');
      // features of some 90 images are kept in this resolution: the others are to make way
      const after: number[] = [];
      for (let count = 50; count <= 200; count += 50) {
        const paths = Array.from({ length: 50 }, (_, i) =>
          example(`photos/${PHOTOS[i % PHOTOS.length]}.jpg`),
        );
        await page.getByLabel('Image files').setInputFiles(paths);
        await coloured(page, 10 + count);
        if (count % 100 === 0) after.push(await memoryOf(page));
      }
      const [first = 0, last = 0] = after;
      const text = after.map((bytes) => `${(bytes / 1e6).toFixed(1)} MB`).join(', ');
      process.stdout.write(`      memory after 100 and 200 images: ${text}\n`);
      expect(last < first * 1.1, `memory grows: ${text}`);
    },
  },
];
