/** From Node: one page, from opening to closing. */
import type { Browser } from 'playwright-core';

const PATIENCE_MS = 120_000;

/** What each page of `project/` offers. */
interface Offer {
  embedImage(modelAddress: string, image: string): Promise<number[]>;
}

/** Addresses that a page is given. */
export interface Addresses {
  model: string;
  image: string;
}

/**
 * Opens a page and has it embed an image.
 *
 * @throws if it can't, or if anything stands in the console that is no note of the bundler
 */
export async function embedInPage(
  browser: Browser,
  address: string,
  { model, image }: Addresses,
): Promise<number[]> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const heard: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        heard.push(`${message.text()} ${message.location().url}`);
    });
    page.on('pageerror', (error) => heard.push(error.message));
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(address);
    await page
      .waitForFunction(() => 'embedImage' in globalThis)
      .catch((error: Error) => heard.push(error.message));
    if (heard.length > 0) throw new Error(heard.join('\n'));
    const vector = await page.evaluate(
      ([at, file]) => (globalThis as unknown as Offer).embedImage(at, file),
      [model, image] as const,
    );
    if (heard.length > 0) throw new Error(heard.join('\n'));
    return vector;
  } finally {
    await context.close();
  }
}
