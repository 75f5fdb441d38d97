/** Notes about files that have weights and their moving average. */
import type { StateDict } from './state-dict.ts';

const AVERAGE = /(^|[^a-z])ema([^a-z]|$)/i;

/**
 * Says whether a moving average was taken or left, in a file that has both.
 *
 * @returns a sentence, or nothing where there is no choice to tell of
 */
export function averageNotes({
  container,
  containers,
}: Pick<StateDict, 'container' | 'containers'>): string[] {
  const others = containers.filter((path) => path !== container && !path.startsWith(`${container}.`));
  if (AVERAGE.test(container)) {
    return others.length === 0
      ? []
      : [
          `the weights are those of ${container}, their moving average, as timm takes them; weightsKey (--weights-key) chooses among ${[container, ...others].join(', ')}`,
        ];
  }
  const averages = others.filter((path) => AVERAGE.test(path));
  return averages.length === 0
    ? []
    : [
        `the weights are those of ${container === '' ? 'the whole file' : container}; weightsKey (--weights-key) chooses their moving average instead: ${averages.join(', ')}`,
      ];
}
