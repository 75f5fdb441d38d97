/** Flags that mean nothing beside others. */
import type { Command } from 'commander';
import { OptionError, type option } from '../lib/index.ts';
import { flagName } from './flags.ts';

/**
 * Refuses what a table has on a command line.
 *
 * @param when e.g. `with --rollout`
 * @throws OptionError naming the first flag of the table that was given
 */
export function refuseFlags(command: Command, table: option.Table, when: string): void {
  const names = Object.values(table).map(flagName);
  const wrong = command.options.find((flag) => {
    const name = flag.attributeName();
    return names.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (wrong !== undefined) throw new OptionError(`${wrong.long}: expected no such option ${when}`);
}
