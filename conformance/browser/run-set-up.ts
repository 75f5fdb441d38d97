/** From Node: one page of one set-up, from opening to closing. */
import type { Browser, Page } from 'playwright-core';
import type { HandIn } from './page.ts';
import type { TestServer } from './server.ts';
import type { Order, Report, SetUp } from './set-ups.ts';

const PATIENCE_MS = 300_000;
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

function withPatience<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

/** What is wrong with the threads of a report. */
function threadMisses({ headers, threaded }: SetUp, report: Report): string[] {
  const misses: string[] = [];
  const expectEqual = (what: string, actual: unknown, expected: unknown): void => {
    if (actual !== expected) misses.push(`${what}: expected ${expected}, got ${actual}`);
  };
  expectEqual('crossOriginIsolated', report.crossOriginIsolated, headers !== 'plain');
  expectEqual('more than one thread', report.threads > 1, threaded);
  expectEqual('workers that came up', report.workersUp, report.threads - 1);
  expectEqual('workers left', report.workersLeft, 0);
  expectEqual('tensors left', report.tensorsLeft, 0);
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
  files: Pick<Order, 'images' | 'examples'>,
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
    );
    const { done, threads, relaxed, took } = report;
    const summary = `${name}: ${done.join(', ')}; ${threads} thread(s), ${relaxed ? 'relaxed' : 'plain'} SIMD, ${took.toFixed(1)} s`;
    return {
      summary,
      misses: [...report.misses, ...threadMisses(setUp, report), ...consoleMisses(setUp, heard)],
    };
  } catch (error) {
    return { summary: name, misses: [error instanceof Error ? error.message : String(error)] };
  } finally {
    await context.close();
  }
}
