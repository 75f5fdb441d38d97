#!/usr/bin/env node
/** The `dinov2` command: reads the words after it, runs one verb, and turns errors into one line and a status. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { Dinov2Error } from '../lib/index.ts';
import { say } from './messages.ts';
import { useProxyOfEnvironment } from './proxy.ts';
import { classifyCommand } from './verbs/classify.ts';
import { compareCommand } from './verbs/compare.ts';
import { convertCommand } from './verbs/convert.ts';
import { embedCommand } from './verbs/embed.ts';
import { featuresCommand } from './verbs/features.ts';
import { inspectCommand } from './verbs/inspect.ts';
import { verifyCommand } from './verbs/verify.ts';

const DONE = 0;
const FAILED = 1;
const USAGE = 2;

/** The version in package.json, which stands one folder up from the sources and two from `dist/cli`. */
function packageVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const found: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof found === 'object' && found !== null && 'version' in found) return String(found.version);
    } catch {
      // not here; the next place
    }
  }
  return 'unknown';
}

function buildProgram(): Command {
  const program = new Command('dinov2')
    .description('DINOv2 embeddings, labels and dense features, with the numbers of PyTorch')
    .version(packageVersion())
    .option('--debug', 'print the stack of an error')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for the options)');
  for (const command of [
    embedCommand(),
    classifyCommand(),
    featuresCommand(),
    verifyCommand(),
    compareCommand(),
    inspectCommand(),
    convertCommand(),
  ]) {
    program.addCommand(command.copyInheritedSettings(program));
  }
  return program;
}

function report(error: unknown, debug: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  const known = error instanceof Dinov2Error || (error instanceof Error && 'code' in error);
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
  const program = buildProgram();
  try {
    await useProxyOfEnvironment();
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? DONE : USAGE;
      return;
    }
    report(error, program.opts().debug === true);
    process.exitCode = FAILED;
  }
}

await main();
