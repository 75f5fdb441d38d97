/** From the start of a process to the embedding of an image. */
import { Child, type Programs } from './child.ts';
import type { EngineName } from './engine-names.ts';
import { IMAGE } from './places.ts';

/**
 * Starts a process that imports, loads a model from a local folder and embeds one image. Files are in the system's
 * cache after the first time, so the disk does not count.
 *
 * @returns seconds from start to embedding
 */
export async function measureCold(
  engine: EngineName,
  folder: string,
  threads: number,
  programs: Programs,
): Promise<number> {
  const start = performance.now();
  const child = new Child(engine, threads, programs);
  try {
    await child.ask({ do: 'open', folder, threads });
    const { values = [] } = await child.ask({ do: 'embed', image: IMAGE });
    if (values.length < 16) throw new Error(`bench: expected an embedding, got ${values.length} values`);
    return (performance.now() - start) / 1e3;
  } finally {
    await child.close();
  }
}
