/** Where things are, seen from `dist/bench` and from the sources alike. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

/** The checkout. */
export const ROOT = findRoot();
/** What the engines read, made by `python/prepare.py`; not in git. */
export const PREPARED = join(ROOT, 'output', 'bench');
/** The bundled model. */
export const DIGITS = join(ROOT, 'models', 'digits');
/** The image of the cold starts. */
export const IMAGE = join(ROOT, 'examples', 'images', 'photos', 'chelsea.jpg');
/** The program of an engine that runs in Node. */
export const NODE_HOST = join(ROOT, 'dist', 'bench', 'engines', 'host.js');
/** The program of the engine PyTorch. */
export const TORCH_HOST = join(ROOT, 'bench', 'python', 'torch_host.py');
/** Other systems' packages, installed by `npm ci` in this folder. */
export const PEERS = join(ROOT, 'bench', 'peers');
