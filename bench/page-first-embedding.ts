/**
 * From the address of a page to the embedding of an image in it, in Chromium: scripts, model, image, forward pass; at the first visit
 * and at the second, in turns with transformers.js on WebAssembly, by a network of a given speed and latency.
 *
 * Usage: npm run build && node dist/bench/page-first-embedding.js [--latency 50,150] [--megabits 100] [--rounds 3]
 *        [--size small] [--python PYTHON]; CHROMIUM_PATH says where Chromium is, if not at /usr/bin/chromium
 *
 * Both have the same weights: a folder as published, and the ONNX model that `convertToOnnx` makes of it. The server is on this machine,
 * and keeps nothing from being cached. The cosine tells that both embeddings are of the same image.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { convertToOnnx } from '../lib/conversion/convert-to-onnx.ts';
import { PEERS } from '../peers/peer.ts';
import { ROOT } from '../peers/root.ts';
import { filesOf, parseCases } from './cases.ts';
import { FileServer } from './page/file-server.ts';
import type { PageResult } from './page/page-result.ts';
import { PREPARED } from './places.ts';
import { prepare } from './prepare.ts';
import { cosine, medianRatio, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    latency: { type: 'string', default: '50,150' },
    megabits: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    size: { type: 'string', default: 'small' },
    python: { type: 'string' },
  },
});
const SUBJECTS = ['ours', 'peer'] as const;
const VISITS = ['first', 'second'] as const;
const PATIENCE_MS = 180_000;

/** One visit of a page. */
interface Visit {
  result: PageResult;
  /** requests and bytes of what is below `models/` */
  modelRequests: number;
  modelBytes: number;
  /** bytes of all */
  bytes: number;
}

async function visit(
  context: BrowserContext,
  server: FileServer,
  subject: string,
  latency: number,
): Promise<Visit> {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`${subject}: ${error.message}`));
  const session = await context.newCDPSession(page);
  const throughput = (Number(options.megabits) * 1e6) / 8;
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency,
    downloadThroughput: throughput,
    uploadThroughput: throughput,
  });
  server.traffic.length = 0;
  await page.goto(`${server.origin()}/pages/${subject}.html`);
  await page.waitForFunction(() => 'result' in globalThis, undefined, { timeout: PATIENCE_MS });
  const result = await page.evaluate(() => (globalThis as unknown as { result: PageResult }).result);
  await page.close();
  const ofModel = server.traffic.filter(({ path }) => path.startsWith('/models/'));
  const sum = (traffic: FileServer['traffic']): number => traffic.reduce((all, { bytes }) => all + bytes, 0);
  return {
    result,
    modelRequests: ofModel.length,
    modelBytes: sum(ofModel),
    bytes: sum(server.traffic),
  };
}

async function measure(browser: Browser, server: FileServer, latency: number): Promise<void> {
  const visits = new Map<string, Visit[]>();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const subject of round % 2 === 0 ? SUBJECTS : [...SUBJECTS].reverse()) {
      const context = await browser.newContext();
      for (const which of VISITS) {
        const one = await visit(context, server, subject, latency);
        visits.set(`${subject} ${which}`, [...(visits.get(`${subject} ${which}`) ?? []), one]);
      }
      await context.close();
    }
  }
  const secondsOf = (subject: string, which: string): number[] =>
    (visits.get(`${subject} ${which}`) ?? []).map(({ result }) => result.done / 1000);
  const embeddingOf = (subject: string): number[] =>
    visits.get(`${subject} first`)?.[0]?.result.embedding ?? [];
  const rows = VISITS.flatMap((which) =>
    SUBJECTS.map((subject) => {
      const seconds = secondsOf(subject, which);
      const { median, lower, upper } = summarise(seconds);
      const last = visits.get(`${subject} ${which}`)?.at(-1);
      const marks = Object.entries(last?.result.marks ?? {}).map(
        ([name, at]) => `${name} ${digits(at / 1000)}`,
      );
      return [
        `${subject}, ${which} visit`,
        digits(median),
        `${digits(lower)}–${digits(upper)}`,
        digits(medianRatio(seconds, secondsOf('peer', which))),
        String(last?.modelRequests),
        ((last?.modelBytes ?? 0) / 1e6).toFixed(2),
        ((last?.bytes ?? 0) / 1e6).toFixed(2),
        marks.join(', '),
      ];
    }),
  );
  const alike = cosine(embeddingOf('ours'), embeddingOf('peer')).toFixed(4);
  const title = `First embedding of ${options.size} in a page, ${options.megabits} Mbit/s, ${latency} ms; cosine ${alike}`;
  const head = [
    'page',
    'median s',
    'quartiles',
    '÷ peer',
    'requests for the model',
    'MB',
    'MB in all',
    'marks of the last, s',
  ];
  console.info(plainTable({ title, head, rows }));
}

/** The pages, and beside them the models under the names that the pages ask for. */
function writePages(target: string, models: Readonly<Record<(typeof SUBJECTS)[number], string>>): void {
  copyFileSync(join(ROOT, 'bench', 'page', 'peer.js'), join(target, 'peer.js'));
  for (const subject of SUBJECTS) {
    symlinkSync(models[subject], join(target, subject));
    const script = `<script type="module" src="${subject}.js"></script>`;
    const icon = '<link rel="icon" href="data:,">';
    writeFileSync(
      join(target, `${subject}.html`),
      `<!doctype html><title>${subject}</title>${icon}${script}`,
    );
  }
}

const [testCase] = parseCases(`${options.size}/224/1`);
if (testCase === undefined) throw new Error('page-first-embedding: expected a size');
const { folder } = filesOf(testCase);
if (!existsSync(join(folder, 'model.safetensors'))) prepare([testCase], options.python);
const peerModel = join(PREPARED, 'pages', options.size);
if (!existsSync(join(peerModel, 'onnx'))) await convertToOnnx(folder, peerModel);
const pages = mkdtempSync(join(tmpdir(), 'dinov2-page-'));
const peer = join(PEERS, 'node_modules', '@huggingface', 'transformers');
const server = await new FileServer({
  pages,
  models: pages,
  images: join(ROOT, 'examples', 'pictures'),
  peer: join(peer, 'dist'),
  runtime: join(peer, 'node_modules', 'onnxruntime-web', 'dist'),
}).start();
try {
  await build({
    entryPoints: [join(ROOT, 'dist/bench/page/ours.js')],
    outdir: pages,
    bundle: true,
    splitting: true,
    format: 'esm',
    minify: true,
    logLevel: 'silent',
  });
  writePages(pages, { ours: folder, peer: peerModel });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
    chromiumSandbox: false,
    args: ['--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
  try {
    for (const latency of options.latency.split(',')) await measure(browser, server, Number(latency));
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
  rmSync(pages, { recursive: true });
}
