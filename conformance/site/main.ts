/**
 * Tries the page as visitors do, in Chromium: `npm run test:site [-- WORDS]`, which runs the checks whose names have the words.
 *
 * The status is 0 if all is well, 1 if something is not, 2 if there is no Chromium.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, requireChromium } from '../browser/chromium.ts';
import { CHECKS } from './checks.ts';
import { modelFiles } from './model-files.ts';
import { runCheck } from './run-check.ts';
import { SiteServer } from './server.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A camera of Chromium's own, which shows a moving picture, and whose use is allowed without asking. */
const FAKE_CAMERA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
/** Memory of pages is measured at once, and not when garbage is collected the next time. */
const MEASURED = ['--enable-blink-features=ForceEagerMeasureMemory'];

const words = process.argv.slice(2).join(' ');
const checks = CHECKS.filter(({ name }) => name.includes(words));
if (checks.length === 0) {
  process.stderr.write(`test:site: expected words of a check's name, got ${words}\n`);
  process.exit(2);
}
const executable = requireChromium('test:site');
const server = await new SiteServer(join(ROOT, 'site/dist'), await modelFiles(ROOT)).start();
const browser = await launchChromium(executable, [...FAKE_CAMERA, ...MEASURED]);
try {
  for (const check of checks) {
    const start = performance.now();
    const misses = await runCheck(check, browser, server);
    const took = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`${misses.length === 0 ? 'pass' : 'FAIL'}  ${check.name}, ${took} s\n`);
    for (const miss of misses) process.stdout.write(`      ${miss}\n`);
    if (misses.length > 0) process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.stop();
}
