/** Models of the Hub by their ids. */
import type { SiteCheck } from '../site-check.ts';
import { arrived, loadAddress, modelNamed, noticeOf, settled } from '../visitor.ts';

const refused = (owner: string, expected: RegExp): SiteCheck => ({
  name: `hub: an id that is ${owner} is an error that says what to do`,
  hub: true,
  async run({ page, expect }) {
    await settled(page);
    await loadAddress(page, `${owner}/small`);
    await page.locator('#notice p').waitFor();
    const text = await noticeOf(page);
    expect(expected.test(text), `instead of ${expected}: ${text}`);
    expect((await page.locator('.model b').textContent()) === 'digits', 'the model before is gone');
  },
});

const loading = (width: number): SiteCheck => ({
  name: `hub: an id is loaded, cancelled, resumed, and kept for the next visit, ${width} px`,
  hub: true,
  width,
  async run({ page, server, address, expect }) {
    await settled(page);
    server.delay = 20;
    await loadAddress(page, 'owner/small');
    await arrived(page, 20);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('.download p', { hasText: /stopped at \d+ MB of 88 MB/ }).waitFor();
    server.delay = 0;
    server.asked.length = 0;
    await page.getByRole('button', { name: 'Resume' }).click();
    await modelNamed(page, 'owner/small');
    expect(!server.asked.includes('all'), 'it is fetched from its beginning');
    await page.locator('.model').click();
    await page.locator('.kept li', { hasText: /owner\/small88 MBLoad/ }).waitFor();
    server.asked.length = 0;
    await page.goto(address);
    await modelNamed(page, 'owner/small');
    expect(server.asked.length === 0, `the second visit asks for weights: ${server.asked}`);
  },
});

export const hubChecks: readonly SiteCheck[] = [
  loading(1440),
  loading(360),
  refused('gated', /401.*private or gated.*drop/is),
  refused('absent', /absent\/small.*spelling/is),
  refused('busy', /503.*in a while/is),
  refused('unreachable', /connection/i),
  {
    name: 'hub: a server that does not allow the page is an error that says what to do',
    async run({ page, server, expect }) {
      await settled(page);
      await loadAddress(page, server.model('closed'));
      await page.locator('#notice p').waitFor();
      expect((await noticeOf(page)).includes('Access-Control-Allow-Origin'), await noticeOf(page));
    },
  },
];
