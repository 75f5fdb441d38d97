/** The tab of features: segments, lengths, and what attention makes of tokens. */
import type { SiteCheck } from '../site-check.ts';
import { choose, coloured, download, overOf, settled, worked } from '../visitor.ts';

const colourings = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `colourings: segments, lengths and facets, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    await settled(page);
    await coloured(page, 10);
    const seen = new Set([await overOf(page, 'two.png')]);
    const changed = async (what: string) => {
      await worked(page);
      const over = await overOf(page, 'two.png');
      expect(!seen.has(over), `${what} look as something before`);
      seen.add(over);
    };
    await choose(page, 'Show', 'segments');
    await changed('segments');
    const words = page.locator('#panel-features .help');
    expect(
      (await words.textContent())?.startsWith('Patches in 4 groups') === true,
      'segments are not explained',
    );
    await choose(page, 'Segments', '2');
    await changed('two segments');
    const file = await download(page, () =>
      page.getByRole('button', { name: 'Save the PNG of two.png' }).click(),
    );
    expect(file.name === 'two-segments.png', `name: ${file.name}`);
    await choose(page, 'Of', 'key');
    await changed('segments of keys');
    await choose(page, 'Show', 'norms');
    await choose(page, 'Of', 'token');
    await changed('lengths');
    expect(
      /from [\d.]+, dark, to [\d.]+, bright/.test((await words.textContent()) ?? ''),
      'lengths have no range',
    );
    expect(
      !(await page.getByRole('button', { name: 'Save colours' }).isVisible()),
      'lengths have no colours to save',
    );
  },
});

export const colouringChecks: readonly SiteCheck[] = [colourings('isolated', 1440), colourings('plain', 360)];
