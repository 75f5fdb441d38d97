/** Centres of clusters: what parts any image into the same segments. */
import { FormatError, OptionError, ShapeError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { RowMatrix } from '../../products/row-matrix.ts';
import { encodeFloat64File, Float64File } from '../float64-file.ts';
import { withoutPadding } from '../padding.ts';
import { type PatchMatrix, requireFinite, requirePatches } from '../patch-matrix.ts';
import { nearestCentres } from './nearest-centres.ts';
import { ofAllPatches } from './row-passes.ts';

const FORMAT = { format: 'dinov2-tfjs-centres', holds: 'centres of clusters', saveFlag: '--save-centres' };

/**
 * The centres that `kMeans` has found, or some of your own, such as means of features that show the same thing. Which segment a patch
 * is in depends on the patch and the centres, and on nothing else.
 */
export class ClusterCentres {
  /** [k, D] */
  readonly values: Float64Array;
  /** D */
  readonly dim: number;
  /** of centres out of a file, what `toBytes` was given beside them */
  readonly metadata: Readonly<Record<string, string>>;
  private readonly each: readonly Float64Array[];

  /**
   * @param values [k, D] row-major, copied
   * @param dim D
   * @param metadata default none
   * @throws ShapeError if there is none, or not whole ones; OptionError if a value is not finite
   */
  constructor(values: ArrayLike<number>, dim: number, metadata: Readonly<Record<string, string>> = {}) {
    const count = values.length / dim;
    if (!(Number.isSafeInteger(dim) && dim >= 1 && Number.isSafeInteger(count) && count >= 1)) {
      throw new ShapeError(
        `ClusterCentres: expected at least one centre of dim values each, got ${values.length} values and dim ${shown(dim)}`,
      );
    }
    this.values = Float64Array.from(values);
    const odd = this.values.findIndex((value) => !Number.isFinite(value));
    if (odd >= 0) {
      throw new OptionError(
        `ClusterCentres: expected centres that are finite, got ${this.values[odd]} in centre ${Math.floor(odd / dim)}; leave it out`,
      );
    }
    this.dim = dim;
    this.metadata = metadata;
    this.each = Array.from({ length: count }, (_, c) => this.values.subarray(c * dim, (c + 1) * dim));
  }

  /** k, how many centres there are */
  get count(): number {
    return this.each.length;
  }

  /**
   * The nearest centre of each patch, by distances in float64; of equally near ones the first. As scikit-learn's `KMeans.predict`.
   *
   * @returns [N], from 0 to k − 1; −1 for padding
   * @throws ShapeError if patches are of another width; OptionError if a value is not finite
   */
  labelsOf(matrix: PatchMatrix): Int32Array {
    const where = 'ClusterCentres.labelsOf';
    requirePatches(where, matrix, this.dim);
    const { features, among } = withoutPadding(matrix);
    const { labels, distances } = nearestCentres(new RowMatrix(this.dim, [features]), this.each);
    if (!distances.every(Number.isFinite)) requireFinite(where, matrix);
    return ofAllPatches(labels, [{ rows: labels.length, among }]);
  }

  /**
   * The centres as a safetensors file with one float64 tensor, `centres`.
   *
   * @param metadata free text beside it, such as of which model and layer the features are; default what the centres have
   */
  toBytes(metadata = this.metadata): Uint8Array {
    return encodeFloat64File(FORMAT, [['centres', [this.count, this.dim], this.values]], metadata);
  }

  /**
   * The centres of a file that `toBytes` has made, to the bit.
   *
   * @param name what error messages call the file
   * @throws WeightsError if it is no such file
   */
  static async fromBytes(bytes: Uint8Array, name = 'ClusterCentres.fromBytes'): Promise<ClusterCentres> {
    const file = await Float64File.open(bytes, name, FORMAT);
    const [count, dim] = [file.lengthOf('centres', 0), file.lengthOf('centres', 1)];
    if (!(count >= 1 && dim >= 1)) {
      throw new FormatError(`${name}: expected a centre of a value at least, got [${count}, ${dim}]`);
    }
    return new ClusterCentres(await file.read('centres', count, dim), dim, file.metadata);
  }
}
