/** Threads that preprocess: in programs of their own, from what is built, which have to end by themselves. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LIBRARY = pathToFileURL(`${ROOT}dist/images/index.js`).href;

/** Goes over the digits four times, with `threads`, which become of what `Worker` is, and `body`, which uses `ahead`. */
function run(body: string, worker = 'Worker'): string {
  const program = `
import { readdirSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';
let started = 0;
const { Worker } = workerThreads;
class Counted extends ${worker} { constructor(...all) { super(...all); started += 1; } }
workerThreads.Worker = Counted;
syncBuiltinESMExports();
const { BitImageProcessor, preprocessAhead } = await import('${LIBRARY}');
const processor = new BitImageProcessor();
const files = readdirSync('examples/pictures/digits').map((file) => 'examples/pictures/digits/' + file);
const images = [...files, ...files, ...files, ...files].map((image) => ({ name: image, image }));
const ahead = preprocessAhead(processor, images, 4);
${body}`;
  const settings = { cwd: ROOT, encoding: 'utf8', timeout: 120_000 } as const;
  const words = ['--input-type=module', '-e', program];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, settings);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trim();
}

const ALL = `
let equal = 0;
for await (const { from, pixelValues } of ahead) {
  const { data } = (await processor.preprocess(from.image)).pixelValues;
  if (Buffer.compare(Buffer.from(data.buffer), Buffer.from((await pixelValues).data.buffer)) === 0) equal += 1;
}
console.log(equal, started > 0);`;

const SOME = `
for (let i = 0; i < 8; i++) await (await ahead.next()).value.pixelValues;
console.log(started > 0);`;

test('the bits are the same, and a program ends after the last image', () => {
  expect(run(ALL)).toBe('40 true');
});

test('a program ends that leaves early, or never comes back', () => {
  expect(run(`${SOME} await ahead.return();`)).toBe('true');
  expect(run(SOME)).toBe('true');
});

test('what is handed out and waited for later comes too; what is given up is rejected', () => {
  const later = `
const all = [];
for await (const { pixelValues } of ahead) all.push(pixelValues);
console.log((await Promise.all(all)).length);`;
  expect(run(later)).toBe('40');
  const early = `
const all = [];
for (let i = 0; i < 12; i++) all.push((await ahead.next()).value.pixelValues);
await ahead.return();
const states = (await Promise.allSettled(all)).map(({ status }) => status);
console.log(states.length, states.at(-1));`;
  expect(run(early)).toMatch(/^12 (fulfilled|rejected)$/);
});

test('threads that can not be started, or die, are done without', () => {
  expect(run(ALL, '(class { constructor() { throw new Error("none here"); } })')).toBe('40 false');
  const dying = '(class extends Worker { postMessage() { this.terminate(); } })';
  expect(run(ALL, dying)).toBe('40 true');
  const missing =
    '(class extends Worker { constructor(_, settings) { super(new URL("file:///no/such.js"), settings); } })';
  expect(run(ALL, missing)).toBe('40 true');
});
