/** The tab of attention. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { decodeImage } from '../../../lib/index.ts';
import type { SiteCheck } from '../site-check.ts';
import { download, idle, openTab, settled } from '../visitor.ts';

/** The pixels of the large map. */
async function pixels(page: Page): Promise<string> {
  await page.waitForTimeout(400);
  await idle(page);
  return page.locator('.main-image canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

async function open(page: Page): Promise<string> {
  await settled(page);
  await openTab(page, 'Attention');
  await page.locator('.main-image canvas').waitFor();
  return pixels(page);
}

const pointing = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `attention: of CLS, of the patch under the pointer, of a layer and a head, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    const cls = await open(page);
    const picker = page.getByRole('application');
    await picker.scrollIntoViewIfNeeded();
    const box = (await picker.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.4);
    const hovered = await pixels(page);
    expect(hovered !== cls, 'a patch under the pointer shows nothing of its own');
    await page.mouse.move(0, 0);
    expect((await pixels(page)) === cls, 'without the pointer it is not that of CLS again');
    await picker.click({ position: { x: box.width * 0.4, y: box.height * 0.4 } });
    await page.mouse.move(0, 0);
    expect((await pixels(page)) === hovered, 'a patch that is clicked does not stay');
    await page.getByRole('button', { name: 'Back to the CLS token' }).click();
    expect((await pixels(page)) === cls, 'the way back to CLS does not lead there');
    const heads = await page.locator('.head span').allTextContents();
    expect(String(heads) === 'Mean,0,1,2', `heads: ${heads}`);
    await page.getByRole('button', { name: 'Head 0', exact: true }).click();
    const firstHead = await pixels(page);
    expect(firstHead !== cls, 'the first head shows what all do');
    await page.getByRole('button', { name: 'Head 2', exact: true }).click();
    const head = await pixels(page);
    expect(head !== cls && head !== firstHead, 'a head shows what others do');
    const ofHead = await download(page, () => page.getByRole('button', { name: 'Save PNG' }).click());
    expect(/-attention-layer-2-head-2\.png$/.test(ofHead.name), `name: ${ofHead.name}`);
    await page.getByRole('combobox', { name: 'Layer', exact: true }).selectOption('4');
    expect((await pixels(page)) !== head, 'a layer shows what another does');
    const layer = await pixels(page);
    await page.getByLabel('Weights of').selectOption('rollout');
    const rolled = await pixels(page);
    expect(rolled !== layer, 'a rollout shows what a head does');
    expect(!(await page.locator('.heads').isVisible()), 'a rollout has heads');
    await page.getByRole('application').click({ position: { x: box.width * 0.4, y: box.height * 0.4 } });
    await page.mouse.move(0, 0);
    expect((await pixels(page)) !== rolled, 'a patch has the rollout of CLS');
    const file = await download(page, () => page.getByRole('button', { name: 'Save PNG' }).click());
    expect(/-rollout-layer-4\.png$/.test(file.name), `name: ${file.name}`);
    expect((await decodeImage(await readFile(file.path))).width === 64, 'the PNG is not of the view');
  },
});

export const attentionChecks: readonly SiteCheck[] = [
  pointing('isolated', 1440),
  pointing('plain', 360),
  {
    name: 'attention: another image is chosen in the strip',
    async run({ page, expect }) {
      const first = await open(page);
      await page.getByRole('button', { name: 'four.png', exact: true }).click();
      expect((await pixels(page)) !== first, 'another image has the same attention');
      const label = await page.getByRole('application').getAttribute('aria-label');
      expect(label?.includes('four.png') === true, `name of the patches: ${label}`);
    },
  },
];
