/** The ONNX Runtime of this package's folder and that of the peers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEERS } from '../../peers/peer.ts';
import { ROOT } from '../../peers/root.ts';

const PACKAGE = 'onnxruntime-node';

/**
 * The version, which has to be that of the peers: everyone runs the same ONNX Runtime.
 *
 * @throws Error if it is another, or none
 */
export function sameVersion(): string {
  const [ours, theirs] = [versionIn(ROOT), versionIn(PEERS)];
  if (ours === undefined || ours !== theirs) {
    throw new Error(
      `bench: expected ${PACKAGE} ${theirs} in ${ROOT}, got ${ours ?? 'none'}; run \`npm install --no-save --ignore-scripts ${PACKAGE}@${theirs}\` there`,
    );
  }
  return ours;
}

function versionIn(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'node_modules', PACKAGE, 'package.json'), 'utf8');
    const { version }: { version: string } = JSON.parse(text);
    return version;
  } catch {
    return undefined;
  }
}
