/**
 * Copies the codecs' WebAssembly into `images/decoders/generated/*.ts`, one module of base64 text for each.
 *
 * The packages fetch it from beside their own file, which Node can't and not every bundler arranges for; as text in a
 * module it needs neither. The text goes with the packages' JavaScript, so their versions are fixed in `package.json`.
 * Run by `npm run build`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const generated = fileURLToPath(new URL('../images/decoders/generated', import.meta.url));
const { resolve } = createRequire(import.meta.url);

const CODECS = [
  { name: 'mozjpeg', file: '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm' },
  { name: 'webp', file: '@jsquash/webp/codec/dec/webp_dec.wasm' },
];

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
for (const { name, file } of CODECS) {
  const binary = readFileSync(resolve(file));
  writeFileSync(
    `${generated}/${name}.ts`,
    `/** ${file}: ${binary.length} bytes of WebAssembly as base64. Generated. */\nexport default '${binary.toString('base64')}';\n`,
  );
}
