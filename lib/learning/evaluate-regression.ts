/** How good predicted numbers are. */
import { OptionError } from '../../errors/errors.ts';

/** How good predicted numbers are. */
export interface RegressionQuality {
  /** the mean of the squared differences */
  readonly meanSquaredError: number;
  /**
   * the part of the variance of the targets that is explained, the mean over outputs; of targets that are all the same it
   * is 1 where each is met and else 0
   */
  readonly r2: number;
}

/**
 * Compares predictions with targets.
 *
 * Source: scikit-learn 1.9, `mean_squared_error` and `r2_score`.
 *
 * @param predictions [n, outputs]
 * @param targets [n, outputs]
 * @throws OptionError if sizes don't fit, or a value is not finite
 */
export function evaluateRegression(
  predictions: ArrayLike<number>,
  targets: ArrayLike<number>,
  outputs = 1,
): RegressionQuality {
  const count = targets.length / outputs;
  const areFinite =
    Array.from(predictions).every(Number.isFinite) && Array.from(targets).every(Number.isFinite);
  if (!(predictions.length === targets.length && Number.isSafeInteger(count) && count >= 1 && areFinite)) {
    throw new OptionError(
      `evaluateRegression: expected as many finite predictions as targets, ${outputs} of an image, got ${predictions.length} and ${targets.length}${areFinite ? '' : ', some not finite'}`,
    );
  }
  let error = 0;
  let explained = 0;
  for (let output = 0; output < outputs; output++) {
    const wanted = Array.from({ length: count }, (_, i) => targets[i * outputs + output]!);
    const mean = wanted.reduce((sum, target) => sum + target, 0) / count;
    const own = wanted.reduce(
      (sum, target, i) => sum + (target - predictions[i * outputs + output]!) ** 2,
      0,
    );
    const spread = wanted.reduce((sum, target) => sum + (target - mean) ** 2, 0);
    error += own;
    explained += spread === 0 ? Number(own === 0) : 1 - own / spread;
  }
  return { meanSquaredError: error / targets.length, r2: explained / outputs };
}
