/** Every command in the documentation runs, on the bundled model. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DEVICES } from '../../backends/devices.ts';
import { dinov2Each } from '../../cli/testing/command.ts';
import { missingFor } from '../../conformance/testing/in-process.ts';
import { inEmptyFolder, ON_WEB, ROOT, samples, speaksOfRuntime, withStandIns } from '../testing/samples.ts';

/** The command as samples have it, at the beginning of a line or behind a pipe. */
const COMMAND = /(?<=^|\| )npx dinov2(-tfjs)? /;

const commands = samples('sh').flatMap(({ where, text }) =>
  text
    .split('\n')
    .filter((line) => COMMAND.test(line))
    .map((line) => ({ where, line: line.replace(/ +#.*$/, '') })),
);

const unavailable = DEVICES.filter((device) => missingFor(device) !== undefined).map(
  (device) => `--backend ${device}`,
);

const available = commands.filter(({ line }) => !unavailable.some((option) => line.includes(option)));
/** Lines of one command alone, without anything that only a shell knows. */
const plain = available.filter(({ line }) => line.startsWith('npx ') && !/[|<>"'$*~]/.test(line));
const ended = dinov2Each(
  plain.map(({ line }) => withStandIns(line).replace(COMMAND, '').split(' ')),
  { apart: true, runtime: 'web' },
);

for (const [i, { where, line }] of plain.entries()) {
  test(`${where}: ${line}`, () => {
    expect(ended[i]).toMatchObject({ status: 0 });
  });
}

for (const { where, line } of available.filter((each) => !plain.includes(each))) {
  test(`${where}: ${line}`, () => runCommand(line));
}

test.skip.each(commands.filter((each) => !available.includes(each)))('$where: $line', () => undefined);

/** In a shell, whose home is the empty folder too. */
function runCommand(line: string): void {
  const main = join(ROOT, 'dist', 'cli', 'main.js');
  const node = [process.execPath, ...(speaksOfRuntime(line) ? ['--import', ON_WEB] : []), main];
  const script = withStandIns(line).replace(COMMAND, `${node.map((word) => `'${word}'`).join(' ')} `);
  inEmptyFolder((cwd) =>
    execFileSync('sh', ['-c', script], { cwd, env: { ...process.env, HOME: cwd }, stdio: 'pipe' }),
  );
}
