/** One check on a fresh page: what it found, what stood in the console, and what was asked of other origins. */
import type { Browser, ConsoleMessage, Page } from 'playwright-core';
import { HUB, standInForHub } from './hub.ts';
import type { SiteServer } from './server.ts';
import { PATIENCE_MS, type SiteCheck } from './site-check.ts';

/** @returns what was not as it should be, in words */
export async function runCheck(check: SiteCheck, browser: Browser, server: SiteServer): Promise<string[]> {
  const { headers = 'isolated', width = 1440, colorScheme = 'light' } = check;
  const misses: string[] = [];
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme,
    acceptDownloads: true,
    permissions: check.camera === 'refused' ? [] : ['camera'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  if (check.hub) await standInForHub(context, server);
  listen(page, [server.origin(), server.origin('localhost'), ...(check.hub ? [HUB] : [])], misses);
  const expect = (holds: boolean, otherwise: string) => void (holds || misses.push(otherwise));
  try {
    const address = server.address(headers);
    await page.goto(address);
    await check.run({ page, server, address, expect });
  } catch (error) {
    misses.push(error instanceof Error ? error.message : String(error));
  } finally {
    server.delay = 0;
    server.isRebuilt = false;
    server.cut = { times: 0, after: 0 };
    await context.close();
  }
  return misses;
}

function listen(page: Page, origins: readonly string[], misses: string[]): void {
  const isKnown = (url: string) => origins.includes(new URL(url).origin);
  page.on('pageerror', (error) => misses.push(`uncaught: ${error.message}`));
  page.on('console', (message) => isFault(message) && misses.push(`console: ${message.text()}`));
  page.context().on('request', (request) => {
    const url = request.url();
    if (/^https?:/.test(url) && !isKnown(url)) misses.push(`asked ${url}`);
  });
}

/** A download that is cut off on purpose stands in the console, whatever the page does. */
function isFault(message: ConsoleMessage): boolean {
  const isOfNetwork = /net::ERR_|Failed to load resource/.test(message.text());
  return ['error', 'warning'].includes(message.type()) && !isOfNetwork;
}
