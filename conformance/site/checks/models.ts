/** Models: loading, stopping, going on, keeping, deleting. */
import type { Page } from 'playwright-core';
import type { SiteCheck } from '../site-check.ts';
import { arrived, example, idle, loadAddress, modelNamed, openTab, settled } from '../visitor.ts';

const MB = 1e6;

/** How many bytes of weights a server was asked for in a list of ranges. */
function bytesAsked(ranges: readonly string[], all: number): number {
  return ranges.reduce((sum, range) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    return sum + (from === undefined ? all : Number(to) + 1 - Number(from));
  }, 0);
}

/** Until the browser has the last of the two pieces of the bundled model, which are written behind the loading. */
async function allKept(page: Page): Promise<void> {
  await page.waitForFunction(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().some(({ url }) => /safetensors.*\/1$/.test(url));
  });
}

export const modelChecks: readonly SiteCheck[] = [
  {
    name: 'models: a download that is cancelled goes on from there',
    async run({ page, server, expect }) {
      await settled(page);
      server.delay = 20;
      server.asked.length = 0;
      await loadAddress(page, server.model('small'));
      await arrived(page, 30);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.locator('.download p', { hasText: 'stopped at' }).waitFor();
      expect((await page.locator('.model b').textContent()) === 'digits', 'the model before is gone');
      server.delay = 0;
      server.asked.length = 0;
      await page.getByRole('button', { name: 'Resume' }).click();
      await modelNamed(page, server.model('small'));
      const again = bytesAsked(server.asked, 88 * MB);
      expect(again < 75 * MB, `fetched again: ${again} bytes of 88 MB, of which 30 MB were there`);
    },
  },
  {
    name: 'models: the page computes while one is on its way',
    async run({ page, server, expect }) {
      await settled(page);
      server.delay = 40;
      await loadAddress(page, server.model('small'));
      await arrived(page, 5);
      await openTab(page, 'Labels');
      await page.locator('.label-card .scores div:first-child').nth(9).waitFor();
      await openTab(page, 'Features');
      await page.locator('.feature-card .over:not([hidden])').nth(9).waitFor();
      expect((await page.locator('.model b').textContent()) === 'digits', 'the download was over before');
      server.delay = 0;
      await modelNamed(page, server.model('small'));
      await page.getByLabel('Resolution').selectOption('16');
      await idle(page);
      expect((await page.locator('#notice p').count()) === 0, 'a model that comes meanwhile is an error');
    },
  },
  {
    name: 'models: a download whose connection breaks goes on by itself',
    async run({ page, server, expect }) {
      await settled(page);
      server.cut = { times: 2, after: 12 * MB };
      server.asked.length = 0;
      await loadAddress(page, server.model('small'));
      await modelNamed(page, server.model('small'));
      const asked = server.asked.join();
      expect(server.cut.times === 0, 'nothing was cut');
      expect(server.asked.length > 3, `no request after a cut: ${asked}`);
    },
  },
  {
    name: 'models: kept for the next visit, listed with its size, and deleted',
    async run({ page, server, address, expect }) {
      await settled(page);
      await loadAddress(page, server.model('digits'));
      await modelNamed(page, server.model('digits'));
      await allKept(page);
      server.asked.length = 0;
      await page.goto('about:blank');
      await page.goto(address);
      await modelNamed(page, server.model('digits'));
      expect(server.asked.length === 0, `the second visit asks for weights: ${server.asked}`);
      await page.locator('.model').click();
      await page
        .locator('.kept li', { hasText: server.model('digits') })
        .getByText('1.9 MB')
        .waitFor();
      await page.getByRole('button', { name: `Delete ${server.model('digits')}` }).click();
      await page.getByText('Nothing yet.').waitFor();
    },
  },
  {
    name: 'models: what is kept is there again however often the page is left, before anything computes too',
    async run({ page, server, address, expect }) {
      await settled(page);
      await loadAddress(page, server.model('digits'));
      await modelNamed(page, server.model('digits'));
      await allKept(page);
      for (let visit = 1; visit <= 8; visit++) {
        if (visit % 2 === 0) await page.goto('about:blank');
        await page.goto(address, { waitUntil: 'commit' });
        // the dialog lists what is kept as soon as the page has its script, while its device has yet to start
        await page.locator('.model').click();
        await page.locator('.kept li', { hasText: server.model('digits') }).waitFor();
        expect((await page.locator('#notice p').count()) === 0, `visit ${visit}: an error is shown`);
        await page.keyboard.press('Escape');
        await modelNamed(page, server.model('digits'));
      }
    },
  },
  {
    name: 'models: files that are chosen',
    async run({ page, expect }) {
      await settled(page);
      await page.locator('.model').click();
      const files = ['config.json', 'preprocessor_config.json', 'model.safetensors'];
      const paths = files.map((file) => example(`../../models/digits/${file}`));
      await page.getByLabel('Model files').setInputFiles(paths.slice(0, 2));
      const error = (await page.locator('.models .error').textContent()) ?? '';
      expect(error.includes('.safetensors'), `instead of an error: ${error}`);
      await page.getByLabel('Model files').setInputFiles(paths);
      await modelNamed(page, 'model.safetensors');
    },
  },
  {
    name: 'models: an address without a model is an error that says what to do, and the model before stays',
    async run({ page, server, expect }) {
      await settled(page);
      await loadAddress(page, server.model('nothing'));
      await page.locator('#notice p').waitFor();
      const text = (await page.locator('#notice p').textContent()) ?? '';
      expect(text.includes(server.model('nothing').slice(0, -1)), `error: ${text}`);
      expect(text.includes('spelling'), `what to do is missing: ${text}`);
      expect((await page.locator('.model b').textContent()) === 'digits', 'the model before is gone');
    },
  },
  {
    name: 'models: a browser that keeps nothing for the page lets it load them',
    async run({ page, server, address, expect }) {
      await page.addInitScript(() => {
        // as where all cookies are blocked
        Object.defineProperty(globalThis, 'localStorage', {
          get() {
            throw new DOMException('Access is denied for this document.', 'SecurityError');
          },
        });
      });
      await page.goto(address);
      await settled(page);
      await loadAddress(page, server.model('digits'));
      await modelNamed(page, server.model('digits'));
      await page.locator('.download').waitFor({ state: 'hidden' });
      expect((await page.locator('#notice p').count()) === 0, 'an error is shown');
    },
  },
  {
    name: 'models: the same files can be chosen again',
    async run({ page, expect }) {
      await settled(page);
      await page.locator('.model').click();
      const input = page.getByLabel('Model files');
      await input.setInputFiles(
        ['config.json', 'model.safetensors'].map((file) => example(`../../models/digits/${file}`)),
      );
      await modelNamed(page, 'model.safetensors');
      // browsers tell of a choice only where it is another than the one that the field has
      expect((await input.inputValue()) === '', 'the field still has them');
    },
  },
];
