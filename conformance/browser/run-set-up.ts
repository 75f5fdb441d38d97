/** From Node: one page of one set-up, from opening to closing. */
import type { Browser, Page } from 'playwright-core';
import type { HandIn } from './page.ts';
import type { TestServer } from './server.ts';
import type { Order, Report, SetUp } from './set-ups.ts';

const PATIENCE_MS = 300_000;
/** A GPU in software takes its time. */
const PATIENCE_WEBGPU_MS = 1_800_000;
/** What Chromium says about a worker that the policy of the page forbids. */
const FORBIDDEN_WORKER = /Content Security Policy/;
/** What the library says then. */
const NOTE = /^simd: expected workers, .*; going on with one thread$/;

/** A checkpoint in shards has no single file; the library asks for one first, and Chromium reports that. */
const NO_SINGLE_FILE = /404.*\/models\/sharded\/model\.safetensors$/;

/** Messages of a page's console, by how grave they are. */
interface Console {
  errors: string[];
  warnings: string[];
}

function listen(page: Page): Console {
  const heard: Console = { errors: [], warnings: [] };
  page.on('console', (message) => {
    if (message.type() === 'error') heard.errors.push(`${message.text()} ${message.location().url}`);
    if (message.type() === 'warning') heard.warnings.push(message.text());
  });
  page.on('pageerror', (error) => heard.errors.push(error.message));
  return heard;
}

function withPatience<T>(promise: Promise<T>, patience: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

/** What is wrong with a report beside what it says itself. */
function reportMisses({ headers, threaded }: SetUp, report: Report): string[] {
  const misses: string[] = [];
  const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) misses.push(`${what}: expected ${expected}, got ${actual}`);
  };
  expectEqual('crossOriginIsolated', report.crossOriginIsolated, headers !== 'plain');
  expectEqual('tensors left', report.tensorsLeft, 0);
  const { simd } = report;
  if (simd !== undefined) {
    expectEqual('more than one thread', simd.threads > 1, threaded);
    expectEqual('workers that came up', simd.workersUp, simd.threads - 1);
    expectEqual('workers left', simd.workersLeft, 0);
  }
  return misses;
}

/** What should not stand in the console, or is missing there. */
function consoleMisses({ headers }: SetUp, { errors, warnings }: Console): string[] {
  const strict = headers === 'strict-policy';
  const misses = errors
    .filter((text) => !(strict && FORBIDDEN_WORKER.test(text)) && !NO_SINGLE_FILE.test(text))
    .map((text) => `console error: ${text}`);
  const notes = warnings.filter((text) => NOTE.test(text)).length;
  if (notes !== (strict ? 1 : 0)) misses.push(`notes about workers: ${notes}`);
  const others = warnings.filter((text) => !NOTE.test(text));
  return [...misses, ...others.map((text) => `console warning: ${text}`)];
}

/**
 * Opens the page, hands in the order, and judges what comes back.
 *
 * @returns a line about it, and what was not as it should be
 */
export async function runSetUp(
  setUp: SetUp,
  browser: Browser,
  server: TestServer,
  files: Pick<Order, 'images' | 'examples' | 'labelled'>,
): Promise<{ summary: string; misses: string[] }> {
  const { headers, thread, task } = setUp;
  const root = server.address(headers);
  const order: Order = { task, root, elsewhere: server.address('plain', 'localhost'), ...files };
  const context = await browser.newContext();
  const name = `${headers}, ${thread} thread`;
  try {
    const page = await context.newPage();
    const heard = listen(page);
    await page.goto(root);
    await page.waitForFunction(() => 'handIn' in globalThis);
    const report = await withPatience(
      page.evaluate(([where, what]) => (globalThis as unknown as { handIn: HandIn }).handIn(where, what), [
        thread,
        order,
      ] as const),
      task === 'webgpu' ? PATIENCE_WEBGPU_MS : PATIENCE_MS,
    );
    const { done, simd, missing, took } = report;
    if (missing !== undefined) return { summary: `${name}, webgpu: skipped: ${missing}`, misses: [] };
    const how = simd ? `${simd.threads} thread(s), ${simd.relaxed ? 'relaxed' : 'plain'} SIMD` : 'webgpu';
    const summary = `${name}: ${done.join(', ')}; ${how}, ${took.toFixed(1)} s`;
    return {
      summary,
      misses: [...report.misses, ...reportMisses(setUp, report), ...consoleMisses(setUp, heard)],
    };
  } catch (error) {
    return { summary: name, misses: [error instanceof Error ? error.message : String(error)] };
  } finally {
    await context.close();
  }
}
