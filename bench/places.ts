/** Files and programs of the benchmark. */
import { join } from 'node:path';
import { ROOT } from '../peers/root.ts';

/** What the engines read, made by `python/prepare.py`; not in git. */
export const PREPARED = join(ROOT, 'output', 'bench');
/** The bundled model. */
export const DIGITS = join(ROOT, 'models', 'digits');
/** The image of the cold starts. */
export const IMAGE = join(ROOT, 'examples', 'pictures', 'photos', 'chelsea.jpg');
/** The program of an engine that runs in Node. */
export const NODE_HOST = join(ROOT, 'dist', 'bench', 'engines', 'host.js');
/** The program of the engine PyTorch. */
export const TORCH_HOST = join(ROOT, 'bench', 'python', 'torch_host.py');
