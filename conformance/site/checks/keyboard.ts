/** The page without a pointer. */
import type { Page } from 'playwright-core';
import type { SiteCheck } from '../site-check.ts';
import { idle, modelNamed, settled } from '../visitor.ts';

/** More keys than lead through the whole page. */
const MOST_KEYS = 150;

/** Presses Tab until the focus is on an element. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let i = 0; i < MOST_KEYS; i++) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${selector}`);
}

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** From the tabs on, to the tab of a name. */
async function showTab(page: Page, name: string): Promise<void> {
  await tabTo(page, '[role=tab][aria-selected=true]');
  await press(page, 'Home');
  for (let i = 0; i < 5; i++) {
    if (await page.evaluate((wanted) => document.activeElement?.id === wanted, `tab-${name}`)) return;
    await press(page, 'ArrowRight');
  }
  throw new Error(`arrow keys do not lead to the tab ${name}`);
}

const withKeys = (width: number): SiteCheck => ({
  name: `keys alone lead through every tab, ${width} px`,
  width,
  async run({ page, expect }) {
    await settled(page);
    await tabTo(page, '.model');
    await press(page, 'Enter');
    const isInDialog = () => page.evaluate(() => document.activeElement?.closest('dialog') !== null);
    expect(await isInDialog(), 'the focus is not in the dialog of models');
    await press(page, 'Escape');
    expect(
      await page.evaluate(() => document.activeElement?.className === 'model'),
      'the focus does not return',
    );
    await press(page, 'Enter');
    await tabTo(page, '.choice');
    await press(page, 'Enter');
    await modelNamed(page, 'digits');

    await tabTo(page, '#strip .remove');
    await press(page, 'Enter');
    expect((await page.locator('#strip li').count()) === 9, 'an image is not removed');
    expect(
      await page.evaluate(() => document.activeElement?.className === 'remove'),
      'the focus is lost when an image is removed',
    );

    await showTab(page, 'attention');
    await tabTo(page, '.picker');
    await press(page, 'ArrowLeft', 'ArrowLeft', 'ArrowUp', 'Enter');
    const label = (await page.locator('.main-image .picker').getAttribute('aria-label')) ?? '';
    expect(/row 8, column 8/.test(label), `after arrow keys the patch is: ${label}`);
    expect(
      await page.getByRole('button', { name: 'Back to the CLS token' }).isEnabled(),
      'Enter does not keep the patch',
    );
    await press(page, 'Escape');
    await tabTo(page, '.head:nth-child(2)');
    await press(page, 'Enter');
    await idle(page);

    await page.keyboard.press('Shift+Tab');
    await showTab(page, 'similarity');
    await page.locator('.similarity-card .over:not([hidden])').nth(8).waitFor();
    await tabTo(page, '.similarity-card:nth-child(2) .picker');
    await press(page, 'ArrowDown', 'ArrowDown', 'Enter');
    await page.locator('.similarity-card:nth-child(2) .mark:not([hidden])').waitFor({ state: 'attached' });

    await showTab(page, 'live');
    await tabTo(page, '#panel-live .primary');
    await press(page, 'Enter');
    await page.locator('.rate', { hasText: /per second$/ }).waitFor();
    await press(page, 'Enter');
    expect(!(await page.locator('.live').isVisible()), 'the camera does not stop');
  },
});

export const keyboardChecks: readonly SiteCheck[] = [withKeys(1440), withKeys(360)];
