/** Files that the page hands out. */
import type { App } from '../app.ts';
import { make } from './make.ts';

/** Saves a Blob as a file, as a click on a link does. */
export function saveBlob(blob: Blob, name: string): void {
  const href = URL.createObjectURL(blob);
  make('a', { href, download: name }).click();
  // the download has begun by then, and needs the address no more
  setTimeout(() => URL.revokeObjectURL(href), 10_000);
}

/** Saves what the worker makes when it is there, or shows why it is not. */
export async function saveMade(app: App, made: Promise<Blob>, name: string): Promise<void> {
  try {
    saveBlob(await made, name);
  } catch (error) {
    app.notice.show(error);
  }
}

/** The name of an image without its ending, with what is made of it behind. */
export function fileName(image: string, what: string): string {
  return `${image.replace(/^.*[/\\]/, '').replace(/\.\w+$/, '')}-${what}`;
}
