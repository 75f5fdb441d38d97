/**
 * Copies the codecs' WebAssembly into `images/decoders/generated/*.ts`, one module of base64 text for each.
 *
 * Fetched from beside a file it would be out of reach in Node, and of not every bundler's arranging; as text in a module it
 * needs neither. A package's text goes with its JavaScript, so its version is fixed in `package.json`.
 * Run by `npm run build`.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const generated = fileURLToPath(new URL('../images/decoders/generated', import.meta.url));
const { resolve } = createRequire(import.meta.url);

const CODECS = [
  { name: 'avif', file: '../images/decoders/libavif/decoder.wasm' },
  { name: 'jpeg', file: '../images/decoders/libjpeg-turbo/decoder.wasm' },
  { name: 'openjpeg', file: '../images/decoders/openjpeg/decoder.wasm' },
  { name: 'webp', file: '@jsquash/webp/codec/dec/webp_dec.wasm' },
];

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
for (const { name, file } of CODECS) {
  const binary = readFileSync(resolve(file));
  writeFileSync(
    `${generated}/${name}.ts`,
    `/** ${file}: ${binary.length} bytes of WebAssembly as base64. Generated. */\nconst text: string = '${binary.toString('base64')}';\nexport default text;\n`,
  );
}
