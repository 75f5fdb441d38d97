/** The browser the pages are opened in. */
import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // WebGPU on a GPU in software, which Chromium brings
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/**
 * Where Chromium is: what `CHROMIUM_PATH` says, or where Debian puts it. Ends the program with status 2 if it isn't there.
 *
 * @param program for the error message
 */
export function requireChromium(program: string): string {
  const path = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  try {
    accessSync(path, constants.X_OK);
  } catch {
    process.stderr.write(
      `${program}: expected Chromium at CHROMIUM_PATH or /usr/bin/chromium, got none; apt-get install chromium\n`,
    );
    process.exit(2);
  }
  return path;
}

/**
 * Starts it without a window, with a fresh profile that goes when it is closed.
 *
 * @param more flags beside those of all pages
 */
export function launchChromium(executablePath: string, more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: [...FLAGS, ...more],
  });
}
