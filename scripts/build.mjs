/**
 * Builds `dist/` from the TypeScript sources.
 *
 * Run by `npm run build`, and by npm itself after `npm ci` and before publishing.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
for (const script of ['build-kernels', 'build-codecs']) {
  execFileSync(process.execPath, [`${root}scripts/${script}.mjs`], { cwd: root, stdio: 'inherit' });
}
rmSync(`${root}/dist`, { recursive: true, force: true });
execFileSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
execFileSync(process.execPath, [`${root}scripts/build-browser.mjs`], { cwd: root, stdio: 'inherit' });
const command = `${root}/dist/cli/main.js`;
if (existsSync(command)) chmodSync(command, 0o755);
