/**
 * Tries the library in Chromium: isolated pages and others, on the main thread and in a worker.
 *
 * Usage: npm run test:browser [-- TASK], one of `TASKS`; CHROMIUM_PATH says where Chromium is, if not at /usr/bin/chromium
 *
 * The status is 0 if all is well, 1 if something is not, 2 if there is no Chromium.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, loads } from './bundle.ts';
import { launchChromium, requireChromium } from './chromium.ts';
import { runSetUp } from './run-set-up.ts';
import { TestServer } from './server.ts';
import { SET_UPS, TASKS } from './set-ups.ts';

const ROOM = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const PAGE = `<!doctype html><title>dinov2-tfjs</title><link rel="icon" href="data:,">
<script type="module" src="page.js"></script>`;

const [only] = process.argv.slice(2);
const setUps = SET_UPS.filter(({ task }) => only === undefined || task === only);
if (setUps.length === 0) {
  process.stderr.write(`test:browser: expected a task among ${TASKS.join(', ')}, got ${only}\n`);
  process.exit(2);
}
const executable = requireChromium('test:browser');

const folder = mkdtempSync(join(tmpdir(), 'dinov2-browser-'));
let failed = false;
try {
  const metafile = await bundle([join(ROOM, 'quick-start.js')], join(folder, 'quick-start'));
  process.stdout.write('bundle of a page that classifies an image, bytes (minified, gzip)\n');
  for (const { name, minified, gzipped } of await loads(metafile, 'quick-start.js')) {
    process.stdout.write(`  ${String(minified).padStart(7)} ${String(gzipped).padStart(7)}  ${name}\n`);
  }

  const pages = join(folder, 'pages');
  await bundle([join(ROOM, 'page.js'), join(ROOM, 'worker.js')], pages);
  writeFileSync(join(pages, 'index.html'), PAGE);
  const server = await new TestServer(ROOT, pages).start();
  const browser = await launchChromium(executable);
  process.stdout.write(`Chromium ${browser.version()}\n`);
  try {
    const files = {
      images: readdirSync(join(ROOT, 'conformance/fixtures/images')).map((file) =>
        file.replace('.safetensors', ''),
      ),
      examples: ['digits', 'photos'].flatMap((kind) =>
        readdirSync(join(ROOT, 'examples/pictures', kind)).map((file) => `${kind}/${file}`),
      ),
      labelled: readdirSync(join(ROOT, 'examples/pictures/digit-classes'), { recursive: true })
        .map(String)
        .filter((file) => file.endsWith('.png')),
    };
    for (const setUp of setUps) {
      const { summary, misses } = await runSetUp(setUp, browser, server, files);
      process.stdout.write(`${misses.length === 0 ? 'pass' : 'FAIL'}  ${summary}\n`);
      for (const miss of misses) process.stdout.write(`      ${miss}\n`);
      failed ||= misses.length > 0;
    }
  } finally {
    await browser.close();
    await server.stop();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
