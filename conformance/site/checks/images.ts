/** How images come to the page, and go. */
import { encodePng } from '../../../lib/index.ts';
import { waveImage } from '../../../testing/wave-image.ts';
import type { SiteCheck } from '../site-check.ts';
import { coloured, drop, dropPath, example, noticeOf, openTab, settled } from '../visitor.ts';

/** An icon of one PNG, which browsers show and the library does not read. */
async function icon(): Promise<Buffer> {
  const png = await encodePng({ ...waveImage(16, 16), channels: 3 });
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head.set([16, 16], 6);
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(24, 12);
  head.writeUInt32LE(png.length, 14);
  head.writeUInt32LE(head.length, 18);
  return Buffer.concat([head, png]);
}

const PNG = Buffer.from(await encodePng({ ...waveImage(32, 32), channels: 3 }));

export const imageChecks: readonly SiteCheck[] = [
  {
    name: 'images: chosen, dropped, taken by the camera, and removed',
    async run({ page, expect }) {
      await settled(page);
      await page.getByRole('button', { name: 'Remove all' }).click();
      await page.getByLabel('Image files').setInputFiles([example('photos/chelsea.jpg')]);
      await page.getByRole('button', { name: 'chelsea.jpg', exact: true }).waitFor();
      await drop(page, [{ name: 'coffee.jpg', path: example('photos/coffee.jpg') }]);
      await page.getByRole('button', { name: 'coffee.jpg', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Camera' }).click();
      await page.getByRole('button', { name: 'Take a photo' }).dblclick();
      await page.getByRole('button', { name: 'photo-1.png', exact: true }).waitFor();
      expect((await page.locator('dialog.camera').count()) === 0, 'the dialog of the camera stays');
      await page.getByRole('button', { name: 'Remove coffee.jpg' }).click();
      const names = await page
        .locator('#strip .choose')
        .evaluateAll((all) => all.map((each) => each.getAttribute('title')));
      expect(String(names) === 'chelsea.jpg,photo-1.png', `images: ${names}`);
    },
  },
  {
    name: 'images: pasted',
    async run({ page }) {
      await settled(page);
      await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(20, 20);
        canvas.getContext('2d');
        const clipboardData = new DataTransfer();
        clipboardData.items.add(
          new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' }),
        );
        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
      });
      await page.getByRole('button', { name: 'pasted.png', exact: true }).waitFor();
    },
  },
  {
    name: 'images: a panorama has the width of the page, others their places in a row',
    async run({ page, expect }) {
      await settled(page);
      const image = { ...waveImage(800, 80), channels: 3 } as const;
      const buffer = Buffer.from(await encodePng(image));
      await page
        .getByLabel('Image files')
        .setInputFiles([{ name: 'wide.png', mimeType: 'image/png', buffer }]);
      await coloured(page, 11);
      for (const [title, card] of [
        ['Features', '.feature-card'],
        ['Similarity', '.similarity-card'],
      ] as const) {
        await openTab(page, title);
        await page.locator(`${card} .panorama`).waitFor();
        const widthOf = async (name: string): Promise<number> => {
          const of = page.locator(card, { has: page.getByText(name, { exact: true }) });
          return (await of.locator('.stack').boundingBox())?.width ?? 0;
        };
        const [wide, two] = [await widthOf('wide.png'), await widthOf('two.png')];
        expect(wide > 1000, `${title}: the panorama has ${wide} px`);
        expect(two < 300, `${title}: another image has ${two} px`);
      }
    },
  },
  {
    name: 'images: a file that is none is refused in words, and the page goes on',
    async run({ page, expect }) {
      await settled(page);
      await drop(page, [
        { name: 'notes.txt', path: example('README.md') },
        { name: 'chelsea.jpg', path: example('photos/chelsea.jpg') },
      ]);
      await page.getByRole('button', { name: 'chelsea.jpg', exact: true }).waitFor();
      const text = await noticeOf(page);
      expect(text.startsWith('notes.txt: '), `instead of an error that names the file: ${text}`);
      await openTab(page, 'Labels');
      await page.locator('.label-card .scores div:first-child').nth(10).waitFor();
    },
  },
  {
    name: 'images: what is dropped without a file, as a link of another page, is told of',
    async run({ page }) {
      await settled(page);
      await drop(page, []);
      await page.getByText('Save the image, then drop its file.').waitFor();
    },
  },
  {
    name: 'images: a page that is older than its server asks to be loaded again',
    async run({ page, server, expect }) {
      await settled(page);
      server.isRebuilt = true;
      // its decoder was not needed until now
      await drop(page, [{ name: 'chelsea.jpg', path: example('photos/chelsea.jpg') }]);
      await page.locator('#notice p').waitFor();
      expect((await noticeOf(page)).includes('Load it again'), await noticeOf(page));
    },
  },
  {
    name: 'images: one that only the browser reads takes no colours from the others',
    async run({ page, expect }) {
      await settled(page);
      await page.getByRole('button', { name: 'Remove all' }).click();
      await page
        .getByLabel('Image files')
        .setInputFiles([
          { name: 'icon.ico', mimeType: 'image/x-icon', buffer: await icon() },
          ...['one', 'two'].map((name) => ({ name: `${name}.png`, mimeType: 'image/png', buffer: PNG })),
        ]);
      await coloured(page, 2);
      expect((await noticeOf(page)).startsWith('icon.ico: '), await noticeOf(page));
      const about = (await page.locator('.colours').textContent()) ?? '';
      expect(about.includes('found on 2 images'), about);
    },
  },
  {
    name: 'images: a folder that is dropped gives the images in it',
    async run({ page, expect }) {
      await settled(page);
      await dropPath(page, example('photos'));
      await page.getByRole('button', { name: 'chelsea.jpg', exact: true }).waitFor();
      await page.getByRole('button', { name: 'coffee.jpg', exact: true }).waitFor();
      expect((await page.locator('#notice p').count()) === 0, 'an error is shown');
    },
  },
  {
    name: 'images: one of the page itself that is dragged is not added again',
    async run({ page, expect }) {
      await settled(page);
      const { isAwaited } = await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        // as Safari hands over pictures of pages
        dataTransfer.items.add(new File(['a picture'], 'one.png', { type: 'image/png' }));
        const at = document.querySelector('.feature-card img') ?? document.body;
        const tell = (name: string) =>
          at.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }));
        tell('dragstart');
        tell('dragover');
        const isAwaited = document.body.classList.contains('dragging');
        tell('drop');
        tell('dragend');
        return { isAwaited };
      });
      expect(!isAwaited, 'the page awaits its own picture');
      await page.waitForTimeout(500);
      expect((await page.locator('#notice p').count()) === 0, 'its own picture is tried');
      await drop(page, [{ name: 'chelsea.jpg', path: example('photos/chelsea.jpg') }]);
      await page.getByRole('button', { name: 'chelsea.jpg', exact: true }).waitFor();
      expect((await page.locator('#strip li').count()) === 11, 'it is added');
    },
  },
];
