/**
 * Runs TF.js's own suite of specs on the backend `simd`, and on TF.js's `cpu` to compare with.
 *
 * Usage: npm run tfjs-suite -- [--only simd] [--filter "matmul"]
 *
 * The specs come with the installed @tensorflow/tfjs-core. They are bundled with one copy of TF.js, so that specs,
 * kernels and backends share its state; each variant runs in a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import type { SuiteReport } from './suite-report.ts';
import { VARIANTS } from './variants.ts';

async function bundleSpecs(outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('run-specs.js', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    // the packages' ES modules, which share one copy of TF.js; the default, their bundles, would bring another
    mainFields: ['module', 'main'],
    // TF.js calls its test files free of side effects, which would leave nothing of them
    ignoreAnnotations: true,
    logLevel: 'error',
  });
}

function runVariant(bundle: string, name: string, filter: string): SuiteReport {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bundle, name, filter], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  if (status !== 0) throw new Error(`tfjs-suite: ${name} ended with status ${status}\n${stderr}`);
  return JSON.parse(line) as SuiteReport;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(VARIANTS) },
    filter: { type: 'string', default: '' },
  },
});
for (const name of values.only) {
  if (!(name in VARIANTS))
    throw new Error(`tfjs-suite: --only must be one of ${Object.keys(VARIANTS)}, got ${name}`);
}
const folder = await mkdtemp(join(tmpdir(), 'tfjs-suite-'));
try {
  const bundle = join(folder, 'specs.cjs');
  await bundleSpecs(bundle);
  for (const name of values.only) {
    const start = performance.now();
    const { passed, pending, failures } = runVariant(bundle, name, values.filter);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(
      `${name.padEnd(18)} ${passed} passed, ${failures.length} failed, ${pending} pending  (${seconds} s; ${VARIANTS[name]?.about})\n`,
    );
    for (const failure of failures) {
      process.stdout.write(`  ${failure.name}\n`);
      for (const message of failure.messages)
        process.stdout.write(`    ${message.replaceAll('\n', '\n    ')}\n`);
    }
    if (failures.length > 0 || passed === 0) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
