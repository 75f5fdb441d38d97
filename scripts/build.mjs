/**
 * Builds `dist/` from the TypeScript sources.
 *
 * Run by `npm run build`, and by npm itself after `npm ci` and before publishing.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const script of ['build-kernels', 'build-codecs', 'build-gradients']) {
  execFileSync(process.execPath, [`${root}scripts/${script}.mjs`], { cwd: root, stdio: 'inherit' });
}
rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
// tsc calls a helper inside of an import of a variable, out of which bundlers don't read what the import tells them
const importer = 'platform/import-package-node';
const { code } = transformSync(readFileSync(`${root}${importer}.ts`, 'utf8'), {
  loader: 'ts',
  target: 'es2022',
});
writeFileSync(`${root}dist/${importer}.js`, code);
for (const script of ['build-browser', 'build-command']) {
  execFileSync(process.execPath, [`${root}scripts/${script}.mjs`], { cwd: root, stdio: 'inherit' });
}
const command = `${root}/dist/cli/main.js`;
if (existsSync(command)) chmodSync(command, 0o755);
