/** Files that the page hands out. */
import { make } from './make.ts';

/** Saves a Blob as a file, as a click on a link does. */
export function saveBlob(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  make('a', { href, download: name }).click();
  // the download has begun by then, and needs the address no more
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** The name of an image without its ending, with what is made of it behind. */
export function fileName(image: string, what: string): string {
  return `${image.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '')}-${what}`;
}
