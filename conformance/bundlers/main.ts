/**
 * Packs the package, installs it beside each bundler, and has pages and programs of all of them embed one image, to the
 * numbers that plain Node computes.
 *
 * Usage: npm run test:bundlers [-- WORD], where only the apps with the word in their names are wanted; it takes the
 * network, and Chromium (CHROMIUM_PATH says where, if not at /usr/bin/chromium).
 *
 * The status is 0 if all is well, 1 if something is not, 2 if there is no Chromium.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium, requireChromium } from '../browser/chromium.ts';
import { TestServer } from '../browser/server.ts';
import { APPS, type Host, PORT } from './apps.ts';
import { run, runBundler, startServer, stopServer } from './commands.ts';
import { type Addresses, embedInPage } from './run-page.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Of values around 1: relaxed SIMD, which Chromium has and Node 20 has not, rounds otherwise. */
const TOLERANCE = 1e-6;

/** The page of bundlers that make JavaScript alone. */
const PAGE = 'index.html';

const ON_DISK: Addresses = {
  model: join(ROOT, 'models/digits'),
  image: join(ROOT, 'examples/pictures/digits/eight.png'),
};

const executable = requireChromium('test:bundlers');

/** Puts the project and the packed package into a folder. */
async function install(project: string): Promise<void> {
  cpSync(join(ROOT, 'conformance/bundlers/project'), project, { recursive: true });
  await run(ROOT, ['npm', 'pack', '--ignore-scripts', '--pack-destination', project]);
  const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
  await run(project, ['npm', 'ci', '--no-audit', '--no-fund']);
  await run(project, ['npm', 'install', '--no-save', '--no-audit', '--no-fund', `./${tarball}`]);
}

/** The vectors that an app computes where it runs, by where that is. */
async function vectorsOf(host: Host, project: string, browser: Browser): Promise<Record<string, number[]>> {
  if (host.kind === 'program') {
    const text = await run(project, [process.execPath, host.file, ON_DISK.model, ON_DISK.image]);
    return { Node: JSON.parse(text) };
  }
  const folder = host.kind === 'page' ? join(project, host.folder) : project;
  const files = await new TestServer(ROOT, folder).start();
  const root = files.address('isolated');
  const inPages: Addresses = { model: `${root}models/digits/`, image: `${root}images/digits/eight.png` };
  try {
    if (host.kind === 'page') {
      return { Chromium: await embedInPage(browser, root + (host.page ?? PAGE), inPages) };
    }
    const address = `http://localhost:${PORT}`;
    const server = await startServer(project, host.command, address);
    try {
      const vectors = { Chromium: await embedInPage(browser, address + host.page, inPages) };
      if (host.route === undefined) return vectors;
      const response = await fetch(`${address}${host.route}?${new URLSearchParams({ ...ON_DISK })}`);
      return { ...vectors, Node: (await response.json()) as number[] };
    } finally {
      stopServer(server);
    }
  } finally {
    await files.stop();
  }
}

/** How far a vector is from the expected one, in words. */
function judge(vector: readonly number[], expected: readonly number[]): { text: string; pass: boolean } {
  const error = Math.max(...expected.map((value, i) => Math.abs(value - (vector[i] ?? Number.NaN))));
  return {
    text: error === 0 ? 'the same bits' : `within ${error.toExponential(1)}`,
    pass: error <= TOLERANCE,
  };
}

const [word = ''] = process.argv.slice(2);
const project = mkdtempSync(join(tmpdir(), 'dinov2-bundlers-'));
let failed = false;
try {
  await install(project);
  const expected: number[] = JSON.parse(
    await run(project, [process.execPath, 'program.js', ON_DISK.model, ON_DISK.image]),
  );
  const browser = await launchChromium(executable);
  process.stdout.write(`Node ${process.versions.node}, Chromium ${browser.version()}\n`);
  try {
    for (const { name, build, host } of APPS.filter((app) => app.name.includes(word))) {
      const start = performance.now();
      try {
        if (host.kind === 'page' && host.folder !== '.')
          cpSync(join(project, PAGE), join(project, host.folder, PAGE));
        for (const command of build) await runBundler(project, command);
        const judged = Object.entries(await vectorsOf(host, project, browser)).map(([place, vector]) => ({
          place,
          ...judge(vector, expected),
        }));
        const pass = judged.every((each) => each.pass);
        failed ||= !pass;
        const took = ((performance.now() - start) / 1000).toFixed(0);
        const words = judged.map(({ place, text }) => `${place} ${text}`).join(', ');
        process.stdout.write(`${pass ? 'pass' : 'FAIL'}  ${name}: ${words}; ${took} s\n`);
      } catch (error) {
        failed = true;
        process.stdout.write(`FAIL  ${name}: ${error instanceof Error ? error.message : error}\n`);
      }
    }
  } finally {
    await browser.close();
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;
