/** Scripts of completion: run in bash, read by the other shells. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dinov2, folder } from '../testing/command.ts';

beforeAll(() => {
  mkdirSync(join(folder, 'photos'));
  writeFileSync(join(folder, 'photo one.png'), '');
  for (const name of ['g*.png', 'gh.png', '[g].png']) writeFileSync(join(folder, name), '');
  const { status, out } = dinov2('completion', 'bash');
  expect(status).toBe(0);
  writeFileSync(join(folder, 'dinov2.bash'), out);
});

/** What bash proposes for the last of the words, which it cuts at `=` as it does on a prompt. */
function completed(...words: string[]): string[] {
  const typed = words.flatMap((word) => word.split(/(?<==)|(?==)/));
  const script = [
    'source ./dinov2.bash',
    'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
    '_dinov2',
    `printf "%s\\n" "\${COMPREPLY[@]}"`,
  ].join('\n');
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', 'dinov2', ...typed], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((line) => line !== '');
}

test.each<[string[], string[]]>([
  [['c'], ['classify', 'compare', 'convert', 'completion']],
  [
    ['embed', '--po'],
    ['--position-interpolation', '--pool'],
  ],
  [['--quiet', 'embed', '--norm'], ['--normalize']],
  [
    ['embed', '--pool', ''],
    ['cls', 'mean', 'cls+mean'],
  ],
  [['embed', '--pool=m'], ['mean']],
  [
    ['embed', '--pool='],
    ['cls', 'mean', 'cls+mean'],
  ],
  [
    ['embed', 'photo'],
    ['photo one.png', 'photos'],
  ],
  [
    ['embed', 'a.png', '-m', 'pho'],
    ['photo one.png', 'photos'],
  ],
  [['embed', '--cache-dir', 'pho'], ['photos']],
  [
    ['embed', 'g'],
    ['g*.png', 'gh.png'],
  ],
  [['embed', '['], ['[g].png']],
  [['embed', '--batch-size', ''], []],
  [['completion', 'b'], ['bash']],
])('of %j bash makes %j', (words, proposals) => {
  expect(completed(...words).sort()).toEqual([...proposals].sort());
});

test('every flag of the help of every verb is proposed', () => {
  const verbs = ['embed', 'classify', 'features', 'verify', 'precision', 'compare', 'inspect', 'convert'];
  for (const verb of verbs) {
    const inHelp = dinov2(verb, '--help').out.match(/(?<=^ {2}(-\w, )?)--[\w-]+/gm) ?? [];
    expect(inHelp.length).toBeGreaterThan(5);
    expect(completed(verb, '--').sort()).toEqual([...new Set(inHelp)].sort());
  }
});

test.each([
  ['zsh', /^#compdef dinov2 dinov2-tfjs$/m],
  ['fish', /^complete -c dinov2 .*-l pool -r -f -a 'cls mean cls\+mean'/m],
])('a script for %s has the verbs and choices', (shell, expected) => {
  const { status, out } = dinov2('completion', shell);
  expect(status).toBe(0);
  expect(out).toMatch(expected);
  expect(out).toContain('cls mean cls+mean');
  // where the shell is installed, it can read the script
  writeFileSync(join(folder, shell), out);
  const parsed = spawnSync(shell, ['-n', join(folder, shell)], { encoding: 'utf8' });
  if (parsed.error === undefined) expect(parsed.stderr).toBe('');
});

test('another shell is refused', () => {
  const { status, err } = dinov2('completion', 'csh');
  expect(status).toBe(2);
  expect(err).toMatch(/Allowed choices are bash, zsh, fish/);
});
