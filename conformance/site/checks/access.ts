/** What everybody needs: names and contrast as axe finds them, keys, and pages as narrow as a phone. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import type { SiteCheck, Visit } from '../site-check.ts';
import { openTab, settled } from '../visitor.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const TABS = ['Features', 'Attention', 'Similarity', 'Labels', 'Live'];

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** Findings of axe that are serious or worse. */
async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

async function everyTab({ page, expect }: Visit, look: (tab: string) => Promise<void>): Promise<void> {
  await settled(page);
  for (const tab of TABS) {
    await openTab(page, tab);
    await page.waitForTimeout(300);
    await settled(page);
    await look(tab);
  }
  expect(TABS.length === (await page.getByRole('tab').count()), 'tabs are missing here');
}

const axeCheck = (width: number, colorScheme?: 'dark'): SiteCheck => ({
  name: `axe finds nothing serious, ${width} px${colorScheme === undefined ? '' : ', dark'}`,
  width,
  ...(colorScheme && { colorScheme }),
  async run(visit) {
    const { page, expect } = visit;
    const display = await page.locator('.columns').evaluate((each) => getComputedStyle(each).display);
    expect(display === 'grid', 'the page has no style');
    await everyTab(visit, async (tab) => {
      const findings = await seriousFindings(page);
      expect(findings.length === 0, `${tab}: ${findings.join('; ')}`);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow <= 0, `${tab}: ${overflow} px wider than the window`);
    });
    await page.locator('.model').click();
    await page.locator('dialog.models').waitFor();
    const findings = await seriousFindings(page);
    expect(findings.length === 0, `models: ${findings.join('; ')}`);
  },
});

export const accessChecks: readonly SiteCheck[] = [
  axeCheck(1440),
  axeCheck(360),
  axeCheck(1440, 'dark'),
  axeCheck(360, 'dark'),
];
