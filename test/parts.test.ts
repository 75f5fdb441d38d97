/** The entry points of the package, as a user imports them: from `dist/`, by the package's own name. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const EXPORTS: Record<string, { default?: string }> = JSON.parse(
  readFileSync(`${ROOT}package.json`, 'utf8'),
).exports;

/** One name of each. */
const PARTS: readonly (readonly [part: string, name: string])[] = [
  ['.', 'Dinov2Model'],
  ['./layers', 'Attention'],
  ['./ops', 'linear'],
  ['./graph', 'trace'],
  ['./weights', 'openCheckpoint'],
  ['./images', 'decodeImage'],
  ['./browser', 'Dinov2Model'],
];

test('all of them are here', () => {
  expect(Object.keys(EXPORTS).sort()).toEqual([...PARTS.map(([part]) => part), './package.json'].sort());
});

test.each(PARTS)('%s exports %s', (part, name) => {
  const script = `console.log(Object.keys(await import('dinov2-tfjs${part.slice(1)}')).join());`;
  const names = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(names.trim().split(',')).toContain(name);
});

test.each(['./weights', './images'])('%s loads nothing of TF.js', async (part) => {
  const { metafile } = await build({
    entryPoints: [`${ROOT}${EXPORTS[part]?.default}`],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: 'unwritten',
    write: false,
    metafile: true,
    external: ['undici'],
  });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs.length).toBeGreaterThan(20);
  expect(inputs.filter((input) => input.includes('@tensorflow'))).toEqual([]);
});
