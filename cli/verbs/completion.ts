/** `dinov2 completion`: scripts by which shells complete the command. */
import { Argument, Command } from 'commander';
import { bashScript } from '../completion/bash.ts';
import { completionsOf } from '../completion/completions.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';

const SHELLS = { bash: bashScript, zsh: zshScript, fish: fishScript };

function isShell(name: string): name is keyof typeof SHELLS {
  return Object.hasOwn(SHELLS, name);
}

function run(shell: string, _options: object, command: Command): void {
  if (isShell(shell) && command.parent !== null) {
    process.stdout.write(SHELLS[shell](completionsOf(command.parent)));
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 completion bash >> ~/.bashrc
  $ dinov2 completion zsh > ~/.zfunc/_dinov2   # a folder of fpath
  $ dinov2 completion fish > ~/.config/fish/completions/dinov2.fish`;

/** The verb `completion`, which is about all verbs of its program. */
export function completionCommand(): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'whose script to print').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action(run);
}
