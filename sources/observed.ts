/** Reading files that need no download: with reports of progress, and an end when it is asked for. */
import type { ByteSource } from './byte-source.ts';
import type { Repository, RepositoryOptions } from './repository.ts';

/**
 * A repository whose reading is reported, and ends when the signal is aborted.
 *
 * @param isReported whether a file's progress is told otherwise, as by its download
 */
export function observed(
  repository: Repository,
  { onProgress, signal }: RepositoryOptions,
  isReported: (file: string) => boolean = () => false,
): Repository {
  if (onProgress === undefined && signal === undefined) return repository;
  return {
    ...repository,
    async open(file) {
      signal?.throwIfAborted();
      const source = await repository.open(file);
      if (source === undefined) return undefined;
      return watched(source, signal, (loaded) => {
        if (!isReported(file)) onProgress?.({ file, loaded, total: source.size });
      });
    },
  };
}

function watched(
  source: ByteSource,
  signal: AbortSignal | undefined,
  onRead: (loaded: number) => void,
): ByteSource {
  let loaded = 0;
  return {
    size: source.size,
    identity: source.identity,
    async read(offset, length) {
      signal?.throwIfAborted();
      const bytes = await source.read(offset, length);
      signal?.throwIfAborted();
      // some of it may be read twice, such as the first bytes, which tell the format
      loaded = Math.min(source.size, loaded + length);
      onRead(loaded);
      return bytes;
    },
    expect: (ranges) => source.expect?.(ranges),
    recycle: (bytes) => source.recycle?.(bytes),
    close: () => source.close(),
  };
}
