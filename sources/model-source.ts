/** Sources of models, as users write them. */
import type { FilesInMemory } from './repository.ts';

/**
 * A folder, a file of weights (`.safetensors`, or `.pth` as PyTorch writes it), a Hub id or the address of its page
 * (`hubAddress` lists their forms), a URL, or files in memory by name.
 */
export type ModelSource = string | URL | FilesInMemory;
