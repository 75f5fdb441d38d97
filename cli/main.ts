#!/usr/bin/env node
/** The `dinov2` command: reads the words after it, runs one verb, and turns errors into one line and a status. */
import { Command, CommanderError } from 'commander';
import { codeOf } from '../errors/code-of.ts';
import { Dinov2Error, OptionError } from '../errors/errors.ts';
import { beQuiet, PREFIX, say } from './messages.ts';
import { packageVersion } from './package.ts';
import { useProxyOfEnvironment } from './proxy.ts';
import { withUsageRemedy } from './usage-remedy.ts';
import { VERBS } from './verbs.ts';

const DONE = 0;
const FAILED = 1;
const USAGE = 2;

/** The program with the verbs that are among the words, and of the others what its help says of them. */
async function buildProgram(words: readonly string[]): Promise<Command> {
  const program = new Command('dinov2')
    .description('DINOv2 embeddings, labels and dense features, with the numbers of PyTorch')
    .version(packageVersion())
    .option('-q, --quiet', 'no messages but errors, and no progress')
    .option('--debug', 'print the stack of an error')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => write(withUsageRemedy(text.replace(/^error: /, PREFIX))),
    })
    .showHelpAfterError('(add --help for the options)')
    .hook('preAction', () => {
      if (program.opts().quiet === true) beQuiet();
    });
  const named = VERBS.filter(({ name }) => words.includes(name));
  const needed = named.some(({ needsAll }) => needsAll) ? VERBS : named;
  for (const verb of VERBS) {
    const command = needed.includes(verb) ? await verb.load() : new Command(verb.name);
    program.addCommand(command.description(verb.description).copyInheritedSettings(program));
  }
  return program;
}

function report(error: unknown, debug: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof Dinov2Error || codeOf(error) !== undefined;
  say(`${known ? '' : 'unexpected error: '}${message}`);
  if (debug && error instanceof Error && error.stack !== undefined) process.stderr.write(`${error.stack}\n`);
}

async function main(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // a reader that stops early, such as `head`, is no error
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? DONE);
    say(`standard output: expected to write results, got ${error.code ?? error.message}`);
    process.exit(FAILED);
  });
  // nobody reads the messages; the results still count
  process.stderr.on('error', () => undefined);
  const program = await buildProgram(process.argv.slice(2));
  try {
    await useProxyOfEnvironment();
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? DONE : USAGE;
      return;
    }
    report(error, program.opts().debug === true);
    process.exitCode = error instanceof OptionError ? USAGE : FAILED;
  }
}

await main();
