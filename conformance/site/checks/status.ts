/** The line at the foot: what computes, and how much memory the page takes. */
import type { SiteCheck } from '../site-check.ts';
import { settled } from '../visitor.ts';

const memory = (headers: 'isolated' | 'plain', pattern: RegExp): SiteCheck => ({
  name: `status: memory as the browser tells it, ${headers}`,
  headers,
  async run({ page, expect }) {
    await settled(page);
    const figure = page.locator('#memory', { hasText: pattern });
    await figure.waitFor();
    const [, amount] = pattern.exec((await figure.textContent()) ?? '') ?? [];
    // the model alone has 2 MB, and no page of this kind takes a gigabyte
    expect(Number(amount) > 4 && Number(amount) < 1000, `memory: ${amount} MB`);
  },
});

export const statusChecks: readonly SiteCheck[] = [
  memory('isolated', /^(\d+) MB$/),
  memory('plain', /^at least (\d+) MB$/),
];
