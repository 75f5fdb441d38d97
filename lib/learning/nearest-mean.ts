/** Classification by the nearest class mean, to which classes can be added. */
import { OptionError } from '../../errors/errors.ts';
import { type LabelledFeatures, requireLabelled } from './labelled-features.ts';
import { LinearClassifier } from './linear-classifier.ts';

/**
 * Keeps the sum and number of each class's vectors, so that images and classes can come later.
 *
 * A linear classifier that is optimised, such as logistic regression, has no such form: its rows depend on all classes, and a new
 * class means a new fit. This one takes the class whose mean is nearest, which is linear too, is the same in whatever order
 * images come, and is less accurate where classes differ in spread.
 */
export class NearestMean {
  readonly dim: number;
  /** [C][D] */
  private readonly sums: Float64Array[] = [];
  private readonly counts: number[] = [];

  /** @throws as `add` does */
  constructor(train: LabelledFeatures) {
    this.dim = train.dim;
    this.add(train);
  }

  /**
   * Adds images, of new classes too.
   *
   * @throws OptionError on labels or features that can't be used
   */
  add(more: LabelledFeatures): void {
    const { numClasses } = requireLabelled('NearestMean', more);
    if (more.dim !== this.dim) {
      throw new OptionError(`NearestMean: expected vectors of ${this.dim} values, got ${more.dim}`);
    }
    while (this.sums.length < numClasses) {
      this.sums.push(new Float64Array(this.dim));
      this.counts.push(0);
    }
    for (const [i, label] of more.labels.entries()) {
      const sum = this.sums[label]!;
      for (let d = 0; d < this.dim; d++) sum[d] = sum[d]! + more.features[i * this.dim + d]!;
      this.counts[label] = this.counts[label]! + 1;
    }
  }

  /**
   * The classifier of the images so far: scores μ · x − ½ ‖μ‖², the largest of which is of the mean μ nearest to x.
   *
   * @throws OptionError if a class has no image yet
   */
  classifier(): LinearClassifier {
    const absent = this.counts.indexOf(0);
    if (absent >= 0) {
      throw new OptionError(
        `NearestMean: expected an image of each class, got none of class ${absent}; add some`,
      );
    }
    const means = this.sums.map((sum, label) => sum.map((each) => each / this.counts[label]!));
    return new LinearClassifier(
      Float64Array.from(means.flatMap((mean) => [...mean])),
      Float64Array.from(means, (mean) => -mean.reduce((squares, each) => squares + each * each, 0) / 2),
    );
  }
}
