/** Draws docs/start.png, the picture in the README, from the page that `npm start` has made; needs Chromium. */
import { chromium } from 'playwright-core';

const at = (path) => new URL(`../../${path}`, import.meta.url);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium' });
const page = await browser.newPage({ viewport: { width: 1180, height: 900 } });
await page.goto(at('output/index.html').href);
await page.screenshot({
  path: at('docs/start.png').pathname,
  clip: { x: 30, y: 168, width: 1120, height: 566 },
});
await browser.close();
