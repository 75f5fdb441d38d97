/** Files and folders that a user drops on a page. */
import type { FileAt } from './files-dataset.ts';

/**
 * Every file of what was dropped, with the folders that it was in, for `filesDataset`.
 *
 * To be called while the event is handled, before anything is awaited: what was dropped is gone afterwards.
 *
 * @param items `event.dataTransfer.items` of the event `drop`
 * @throws what the browser says of a folder or file that can't be read
 */
export async function droppedFiles(
  items: Iterable<Pick<DataTransferItem, 'webkitGetAsEntry'>>,
): Promise<FileAt[]> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry());
  const found = await Promise.all(entries.map((entry) => (entry === null ? [] : filesBelow(entry))));
  return found.flat();
}

async function filesBelow(entry: FileSystemEntry): Promise<FileAt[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.slice(1), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FileAt[] = [];
  for (;;) {
    // a folder comes in pieces, the last of which is empty
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const each of entries) found.push(...(await filesBelow(each)));
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
