/** Multinomial logistic regression: the minimum that scikit-learn's solver looks for. */
import { OptionError } from '../../errors/errors.ts';
import { nonNegative, type OptionsOf, positiveInteger, readOptions } from '../../options/rows.ts';
import { RowMatrix } from '../products/row-matrix.ts';
import { type LabelledFeatures, requireEveryClass, requireLabelled } from './labelled-features.ts';
import { LinearClassifier } from './linear-classifier.ts';
import { type Design, logisticObjective, logisticPreconditioner } from './logistic-objective.ts';
import { type Minimum, minimise } from './minimise.ts';

/** Steps after which the Hessian is looked at anew. */
const ROUND = 25;

const positive = {
  accepts: (given: unknown) => typeof given === 'number' && given > 0 && given < Infinity,
  refusal: ' must be a positive number',
};

/** How far a fit goes. */
export const FIT_OPTIONS = {
  /**
   * the largest component of the objective's gradient at the end, at most, where features are about 1; weights then miss the
   * minimum by no more than about this; default 1e-7
   */
  tolerance: nonNegative({ default: 1e-7, ...positive }),
  /** default 1000 */
  maxIterations: positiveInteger({ default: 1000 }),
};

/** How logistic regression is fitted. */
export const LOGISTIC_OPTIONS = {
  /** how much the data weigh against small weights; default 1 */
  C: nonNegative({
    default: 1,
    flag: '-C <number>',
    help: 'how much the images weigh against small weights',
    ...positive,
  }),
  ...FIT_OPTIONS,
};

/** How logistic regression is fitted. */
export interface LogisticOptions extends OptionsOf<typeof LOGISTIC_OPTIONS> {}

/** A fit, with what it took. Of two classes a row of weights is half of scikit-learn's only one, the first's negated. */
export class LogisticRegression extends LinearClassifier {
  readonly C: number;
  /** C · Σ −log p + ½ ‖W‖² */
  readonly objective: number;
  readonly iterations: number;
  /** whether the gradient came below the tolerance; else the iterations were used up, or rounding left nothing to gain */
  readonly converged: boolean;
  /** scikit-learn's `coef_`: [C, D], or of two classes [1, D] */
  readonly coefficients: Float64Array;
  /** scikit-learn's `intercept_`: [C], which sum to 0, or of two classes [1] */
  readonly intercepts: Float64Array;

  /** @param point [outputs, D + 1] in `minimum`, as `logisticObjective` takes it */
  constructor({ width, outputs }: Design, minimum: Minimum, C: number, converged: boolean) {
    const { point } = minimum;
    const rows = Array.from({ length: outputs }, (_, k) => point.subarray(k * width, (k + 1) * width));
    const coefficients = Float64Array.from(rows.flatMap((row) => [...row.subarray(0, -1)]));
    const intercepts = Float64Array.from(rows, (row) => row[width - 1]!);
    const mean = outputs === 1 ? 0 : intercepts.reduce((sum, each) => sum + each, 0) / outputs;
    const centred = intercepts.map((each) => each - mean);
    if (outputs === 1) super(halves(coefficients), halves(centred));
    else super(coefficients, centred);
    this.C = C;
    this.objective = minimum.value * C;
    this.iterations = minimum.iterations;
    this.converged = converged;
    this.coefficients = coefficients;
    this.intercepts = centred;
  }
}

/** −v/2, then v/2: the softmax of two such scores is the sigmoid of one. */
function halves(row: Float64Array): Float64Array {
  return Float64Array.from([...row.map((each) => -each / 2), ...row.map((each) => each / 2)]);
}

/**
 * Fits weights W and intercepts b that minimise C · Σ −log p(label) + ½ ‖W‖², in float64: one row of weights with a sigmoid for two
 * classes, else a row for each class with a softmax. Features are taken as they are.
 *
 * Sources: scikit-learn 1.9, `LogisticRegression`, whose own run stops before the minimum; facebookresearch/dinov2,
 * `dinov2/eval/log_regression.py`.
 *
 * @param train borrowed; of each class at least one image
 * @throws OptionError if a class has no image, there is only one, or labels or features can't be used
 */
export function fitLogisticRegression(
  train: LabelledFeatures,
  options: LogisticOptions = {},
): LogisticRegression {
  const { C, ...settings } = readOptions('fitLogisticRegression', options, LOGISTIC_OPTIONS);
  return fitAt(designOf('fitLogisticRegression', train), C, settings);
}

/** @throws as `fitLogisticRegression` */
export function designOf(where: string, train: LabelledFeatures): Design {
  const { count, numClasses } = requireLabelled(where, train);
  requireEveryClass(where, train.labels, numClasses);
  const { features, dim, labels } = train;
  const width = dim + 1;
  const rows = new Float32Array(count * width);
  for (let i = 0; i < count; i++) {
    rows.set(features.subarray(i * dim, (i + 1) * dim), i * width);
    rows[i * width + dim] = 1;
  }
  const outputs = numClasses === 2 ? 1 : numClasses;
  return {
    rows,
    width,
    labels,
    outputs,
    matrix: new RowMatrix(width, [rows], false, outputs),
  };
}

/**
 * Fits at one `C`.
 *
 * @param start the fit to begin from, of the same design; by default all weights are 0
 */
export function fitAt(
  design: Design,
  C: number,
  { tolerance, maxIterations }: { tolerance: number; maxIterations: number },
  start?: LogisticRegression,
): LogisticRegression {
  const { outputs, width } = design;
  const objective = logisticObjective(design, C);
  const gradient = new Float64Array(outputs * width);
  objective(gradient.slice(), gradient);
  const steepest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  if (!Number.isFinite(steepest)) {
    throw new OptionError(
      'fitLogisticRegression: expected features small enough to sum, got a gradient that is not finite; divide them by their length',
    );
  }
  // the objective given is divided by C; of a small C weights are small, and so is what they may miss
  const reached = tolerance * Math.min(1 / C, steepest);
  let point = start === undefined ? new Float64Array(outputs * width) : pointOf(start, width);
  let iterations = 0;
  for (;;) {
    const minimum = minimise(objective, point, {
      tolerance: reached,
      maxIterations: Math.min(ROUND, maxIterations - iterations),
      precondition: logisticPreconditioner(design, C, point),
    });
    iterations += minimum.iterations;
    const converged = minimum.largestGradient <= reached;
    if (converged || minimum.iterations < ROUND || iterations >= maxIterations) {
      return new LogisticRegression(design, { ...minimum, iterations }, C, converged);
    }
    point = minimum.point;
  }
}

function pointOf({ coefficients, intercepts }: LogisticRegression, width: number): Float64Array {
  const point = new Float64Array(intercepts.length * width);
  for (const [k, intercept] of intercepts.entries()) {
    point.set(coefficients.subarray(k * (width - 1), (k + 1) * (width - 1)), k * width);
    point[(k + 1) * width - 1] = intercept;
  }
  return point;
}
