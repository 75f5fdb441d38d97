/** Images that are dropped on the page: files, and those in folders. */
import { droppedFiles } from '../lib/index.ts';
import type { NewImage } from './images.ts';

/**
 * Files in the order in which they were dropped, then those in folders by their paths, but for hidden ones, as systems leave them there.
 *
 * To be called while the event is handled: what was dropped is gone afterwards.
 *
 * @throws Error saying what to do where there is no file, as for a picture of another page, of which most browsers hand over the address alone;
 * what the browser says of a folder that can't be read
 */
export async function droppedImages({ items }: DataTransfer): Promise<NewImage[]> {
  const all = [...items].filter(({ kind }) => kind === 'file');
  if (all.length === 0) throw new Error('No file was dropped. Save the image, then drop its file.');
  const isFolder = (item: DataTransferItem) => item.webkitGetAsEntry()?.isDirectory === true;
  const below = droppedFiles(all.filter(isFolder));
  const files = all.filter((item) => !isFolder(item)).flatMap((item) => item.getAsFile() ?? []);
  const inFolders = (await below)
    .sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }))
    .map(({ path, file }) => ({ name: path.replace(/^.*\//, ''), blob: file }))
    .filter(({ name }) => !name.startsWith('.'));
  return [...files.map((blob) => ({ name: blob.name, blob })), ...inFolders];
}
