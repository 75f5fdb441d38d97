import { FormatError, OptionError, ShapeError } from '../../../errors/errors.ts';
import { noise } from '../../../testing/noise.ts';
import { encodeFloat64File } from '../float64-file.ts';
import { fitPca } from '../pca/fit-pca.ts';
import { ClusterCentres } from './cluster-centres.ts';
import { kMeans } from './k-means.ts';

const dim = 5;
const first = { features: noise(40 * dim, 1), dim };
const second = { features: noise(30 * dim, 2), dim };

test('patches go to the centres they went to when these were found, whatever is beside them', async () => {
  const { labels, centres } = await kMeans([first, second], { k: 4 });
  expect([...centres.labelsOf(first), ...centres.labelsOf(second)]).toEqual([...labels]);
  expect([centres.count, centres.dim, centres.values.length]).toEqual([4, dim, 4 * dim]);
});

test('the nearest centre is that of the least distance', () => {
  const centres = new ClusterCentres(noise(6 * dim, 3), dim);
  const expected = Array.from({ length: 30 }, (_, i) => {
    const distances = Array.from({ length: 6 }, (_, c) =>
      Math.hypot(
        ...Array.from(
          { length: dim },
          (_, j) => second.features[i * dim + j]! - centres.values[c * dim + j]!,
        ),
      ),
    );
    return distances.indexOf(Math.min(...distances));
  });
  expect([...centres.labelsOf(second)]).toEqual(expected);
});

test('of equally near centres it is the first, and differences below float32 tell', () => {
  const middle = { features: Float32Array.of(0), dim: 1 };
  expect([...new ClusterCentres([2, 1, -1, 1], 1).labelsOf(middle)]).toEqual([1]);
  expect([...new ClusterCentres([1, -1 + 1e-12], 1).labelsOf(middle)]).toEqual([1]);
});

test('centres in a file are the same to the bit, with what is said beside them', async () => {
  const { centres } = await kMeans(first, { k: 3 });
  const kept = await ClusterCentres.fromBytes(centres.toBytes({ model: 'some' }));
  expect([kept.values, kept.dim, kept.metadata]).toEqual([centres.values, dim, { model: 'some' }]);
  expect(kept.toBytes()).toEqual(centres.toBytes({ model: 'some' }));
});

test('what are no centres is refused by name', async () => {
  expect(() => new ClusterCentres([1, 2, 3], 2)).toThrow(ShapeError);
  expect(() => new ClusterCentres([1, 2], 0.5)).toThrow(ShapeError);
  expect(() => new ClusterCentres([], 2)).toThrow(
    'ClusterCentres: expected at least one centre of dim values each, got 0 values and dim 2',
  );
  expect(() => new ClusterCentres([1, 2, 3, Number.NaN], 2)).toThrow(
    'ClusterCentres: expected centres that are finite, got NaN in centre 1',
  );
  const format = { format: 'dinov2-tfjs-centres', holds: 'centres', saveFlag: '' };
  const flat = encodeFloat64File(format, [['centres', [4], new Float64Array(4)]], {});
  await expect(ClusterCentres.fromBytes(flat, 'flat')).rejects.toThrow(
    'flat: expected a centre of a value at least, got [4, 0]',
  );
  const basis = await fitPca(first);
  const opened = ClusterCentres.fromBytes(basis.toBytes(), 'basis');
  await expect(opened).rejects.toThrow(FormatError);
  await expect(opened).rejects.toThrow('basis: expected centres of clusters, got a safetensors file of');
});

test('patches of another width, or with a value that is not finite, are refused by name', () => {
  const centres = new ClusterCentres(noise(2 * dim, 4), dim);
  expect(() => centres.labelsOf({ features: new Float32Array(8), dim: 4 })).toThrow(
    'ClusterCentres.labelsOf: expected patches of 5 values, got 4; take features of one model, layer and facet',
  );
  const odd = { features: new Float32Array(2 * dim), dim };
  odd.features[7] = Number.POSITIVE_INFINITY;
  expect(() => centres.labelsOf(odd)).toThrow(OptionError);
  expect(() => centres.labelsOf(odd)).toThrow(
    'ClusterCentres.labelsOf: expected features that are finite, got Infinity in patch 1',
  );
});
