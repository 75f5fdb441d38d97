/** Files that ONNX Runtime reads models from, when somebody stops the program. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = new URL('../../dist/graph/engines/onnx-runtime-node.js', import.meta.url).href;

/**
 * Nothing else of this program runs until the folder is there, as when a signal comes at that moment.
 *
 * @param before what the program does first
 */
const program = (before: string): string => `
  import fs, { readdirSync } from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  import { tmpdir } from 'node:os';
  import { openSessionByFiles, removeTemporaryModels } from ${JSON.stringify(MODULE)};
  ${before}
  const model = { operatorSets: [], inputs: [], outputs: [], nodes: [], tensors: [], metadata: {} };
  openSessionByFiles({}, model, {}).catch(() => undefined);
  for (let i = 0; i < 1e5 && readdirSync(tmpdir()).length === 0; i++);
  removeTemporaryModels();
  console.log(JSON.stringify(readdirSync(tmpdir())));
  process.exit();
`;

/** What a thread that opens a file in between makes of the first attempt. */
const WRITTEN_MEANWHILE = `
  const { rmSync } = fs;
  fs.rmSync = () => {
    Object.assign(fs, { rmSync });
    syncBuiltinESMExports();
    throw Object.assign(new Error('not empty'), { code: 'ENOTEMPTY' });
  };
  syncBuiltinESMExports();
`;

test.each([
  ['from the moment it is there', ''],
  ['though it is written to meanwhile', WRITTEN_MEANWHILE],
])('a folder for a model is removed %s', (_, before) => {
  const TMPDIR = mkdtempSync(join(tmpdir(), 'dinov2-temporary-'));
  try {
    const words = ['--input-type=module', '--eval', program(before)];
    const left = execFileSync(process.execPath, words, { env: { ...process.env, TMPDIR }, encoding: 'utf8' });
    expect(JSON.parse(left)).toEqual([]);
  } finally {
    rmSync(TMPDIR, { recursive: true, force: true });
  }
});
