/**
 * Runs commands one after the other in one process, which loads the package once: of each, `{ status, out, err, left }` as a line
 * of JSON, with what is in the folder after it. Node is given the command's script, the words of all commands as JSON, and `apart` if
 * each is to run in a new folder.
 */
import { mkdtempSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const [, , script, commands, apart] = process.argv;
const folder = process.cwd();
const { stdout, stderr } = process;
const [writeOut, writeErr] = [stdout.write, stderr.write];

/** Has a stream keep what is written to it. */
function kept(stream) {
  const parts = [];
  stream.write = (part, encoding, done) => {
    parts.push(Buffer.from(part));
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  };
  return () => Buffer.concat(parts).toString();
}

for (const stream of [stdout, stderr]) stream.setMaxListeners(0);
for (const [i, words] of JSON.parse(commands).entries()) {
  process.argv = [process.execPath, script, ...words];
  process.exitCode = 0;
  if (apart === 'apart') process.chdir(mkdtempSync(join(folder, 'apart-')));
  const [out, err] = [kept(stdout), kept(stderr)];
  // another query is another module, which runs again on what is loaded already
  await import(`${script}?${i}`);
  Object.assign(stdout, { write: writeOut });
  Object.assign(stderr, { write: writeErr });
  stdout.write(
    `${JSON.stringify({ status: process.exitCode, out: out(), err: err(), left: readdirSync('.') })}\n`,
  );
}
process.exitCode = 0;
