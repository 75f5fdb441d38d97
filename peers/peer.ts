/** Packages of other systems, in this folder: no dependency of this package, so not known to the compiler. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.ts';

/** The folder of the rival packages, installed by `npm ci` in it. */
export const PEERS = join(ROOT, 'peers');

interface Importer {
  importPeer(name: string): Promise<unknown>;
}

/**
 * @typeParam T the part of the package that is used
 * @param name as in an import
 */
export async function importPeer<T>(name: string): Promise<T> {
  const importer: Importer = await import(pathToFileURL(join(PEERS, 'import-peer.js')).href);
  return (await importer.importPeer(name)) as T;
}

/** The version of a package in `peers/node_modules`, or of one that package brings along. */
export function peerVersion(name: string, under?: string): string {
  const inside = under === undefined ? '' : join('node_modules', under, 'node_modules');
  for (const folder of [inside, 'node_modules']) {
    const path = join(PEERS, folder, name, 'package.json');
    try {
      const { version }: { version: string } = JSON.parse(readFileSync(path, 'utf8'));
      return `${name} ${version}`;
    } catch {
      // not there; the next folder
    }
  }
  throw new Error(`bench: expected ${name} in ${PEERS}, got nothing; run \`npm ci\` there`);
}

/** `require` as the package `name` of `peers` would call it. */
export function requireOf(name: string): NodeJS.Require {
  return createRequire(join(PEERS, 'node_modules', name, 'package.json'));
}
