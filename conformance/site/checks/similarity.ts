/** The tab of similarity. */
import type { Page } from 'playwright-core';
import type { SiteCheck } from '../site-check.ts';
import { choose, download, idle, openTab, settled } from '../visitor.ts';

/** What lies over each image. */
async function answers(page: Page): Promise<string[]> {
  await page.waitForFunction(
    () => document.querySelectorAll('.similarity-card .over:not([hidden])').length === 10,
  );
  await page.waitForTimeout(400);
  await idle(page);
  return page.locator('.similarity-card .over').evaluateAll((all) =>
    Promise.all(
      all.map(async (image) => {
        const bytes = await (await fetch((image as HTMLImageElement).src)).arrayBuffer();
        return new Uint8Array(bytes).join();
      }),
    ),
  );
}

const asking = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `similarity: every image answers to the patch that is clicked, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    await settled(page);
    await openTab(page, 'Similarity');
    const before = await answers(page);
    const picker = page.getByRole('application', { name: 'four.png' });
    await picker.scrollIntoViewIfNeeded();
    const { width: side = 0 } = (await picker.boundingBox()) ?? {};
    await picker.click({ position: { x: side * 0.6, y: side * 0.6 } });
    const after = await answers(page);
    const same = after.filter((answer, i) => answer === before[i]).length;
    expect(same === 0, `${same} images show what they did for another patch`);
    const card = page.locator('.similarity-card', { has: page.getByText('four.png', { exact: true }) });
    expect((await card.locator('.best').textContent()) === 'best 1.00', 'a patch is not like itself');
    expect((await card.locator('.mark').getAttribute('hidden')) === null, 'the patch is not marked');
    expect((await page.locator('.mark:not([hidden])').count()) === 1, 'more than one patch is marked');
  },
});

const matching = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `similarity: lines between two images, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    await settled(page);
    await openTab(page, 'Similarity');
    await choose(page, 'Compare', 'matches');
    await page.getByRole('img', { name: 'eight.png and five.png' }).waitFor();
    await choose(page, 'From', { label: 'two.png' });
    await choose(page, 'To', { label: 'two.png' });
    // an image beside itself: every patch is its own nearest
    await page.locator('#panel-similarity .help', { hasText: '256 pairs' }).waitFor();
    await choose(page, 'Lines', '10');
    await page.getByRole('img', { name: 'two.png and two.png with 10 lines between them' }).waitFor();
    const name = 'two-two-matches.png';
    const file = await download(page, () =>
      page.locator('#panel-similarity').getByRole('button', { name: 'Save PNG' }).click(),
    );
    expect(file.name === name, `name: ${file.name}`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow <= 0, `${overflow} px wider than the window`);
    await page.getByRole('button', { name: 'Remove all' }).click();
    await page.getByText('Two images are needed').waitFor();
  },
});

export const similarityChecks: readonly SiteCheck[] = [
  asking('isolated', 1440),
  asking('plain', 360),
  matching('isolated', 1440),
  matching('plain', 360),
];
