/** The tab of labels. */
import type { SiteCheck } from '../site-check.ts';
import { drop, example, loadAddress, modelNamed, openTab, settled } from '../visitor.ts';

/** Of the published models on offer the one with a classifier. */
const CLASSIFIER = 'facebook/dinov2-small-imagenet1k-1-layer';

/** What `docs/site.md` says that the page does with. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' blob: data:; connect-src 'self' https:";

const NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

const examplesLabelled = (headers: 'isolated' | 'plain'): SiteCheck => ({
  name: `labels: the example digits by their names, ${headers}`,
  headers,
  async run({ page, expect }) {
    await settled(page);
    await openTab(page, 'Labels');
    await page.locator('.label-card .scores div:first-child').nth(9).waitFor();
    const cards = await page
      .locator('.label-card')
      .evaluateAll((all) =>
        all.map((card) => [
          card.querySelector('figcaption')?.textContent,
          card.querySelector('dt')?.textContent,
        ]),
      );
    for (const [file, label] of cards) expect(file === `${label}.png`, `${file}: labelled ${label}`);
    expect(cards.length === NAMES.length, `cards: ${cards.length}`);
    const threads = Number(await page.locator('#threads').textContent());
    const hint = (await page.locator('#hint').textContent()) ?? '';
    const isMany = headers === 'isolated' && (await page.evaluate(() => navigator.hardwareConcurrency)) > 1;
    expect(threads > 1 === isMany, `threads: ${threads}`);
    expect(isMany || hint.includes('Cross-Origin-Opener-Policy'), `hint: ${hint}`);
  },
});

export const labelChecks: readonly SiteCheck[] = [
  examplesLabelled('isolated'),
  examplesLabelled('plain'),
  {
    name: 'labels: bars are as long as scores under a content security policy',
    async run({ page, address, expect }) {
      await page.route(`${address}**`, async (route) => {
        const response = await route.fetch();
        const headers = { ...response.headers(), 'content-security-policy': POLICY };
        await route.fulfill({ response, headers });
      });
      await page.goto(address);
      await settled(page);
      await openTab(page, 'Labels');
      await page.locator('.label-card .scores div:first-child').nth(9).waitFor();
      const bars = page.locator('.label-card .scores div:first-child i');
      const scores = await bars.evaluateAll((all) =>
        all.map((each) => getComputedStyle(each).getPropertyValue('--score')),
      );
      expect(
        scores.every((score) => Number(score) > 0.5),
        `scores: ${scores}`,
      );
    },
  },
  {
    name: 'labels: where the bundled model meets photographs, one with a classifier is on offer',
    hub: true,
    async run({ page, expect }) {
      await settled(page);
      await drop(page, [{ name: 'chelsea.jpg', path: example('photos/chelsea.jpg') }]);
      const offer = page.locator('#model-hint button');
      await offer.waitFor();
      const before = await offer.textContent();
      expect(before === 'Load DINOv2 small, 88 MB', `on another tab: ${before}`);
      await openTab(page, 'Labels');
      const [request] = await Promise.all([page.waitForRequest(/huggingface\.co/), offer.click()]);
      expect(request.url().includes(`${CLASSIFIER}/`), `asked for ${request.url()}`);
    },
  },
  {
    name: 'labels: a model without a classifier says which has one, and loads it',
    hub: true,
    async run({ page, server, expect }) {
      await settled(page);
      await loadAddress(page, server.model('small'));
      await modelNamed(page, server.model('small'));
      await openTab(page, 'Labels');
      const text = (await page.locator('#panel-labels .empty').textContent()) ?? '';
      expect(text.includes('imagenet1k'), `instead of labels: ${text}`);
      const load = page.locator('#panel-labels').getByRole('button', { name: 'Load it, 91 MB' });
      const [request] = await Promise.all([page.waitForRequest(/huggingface\.co/), load.click()]);
      expect(request.url().includes(`${CLASSIFIER}/`), `asked for ${request.url()}`);
    },
  },
];
