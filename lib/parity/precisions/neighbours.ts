/** Nearest neighbours among embeddings, and whether they stay the same. */

/** How many of the nearest neighbours in f32 are found again. */
export interface NeighbourAgreement {
  /** so many neighbours of each image are looked at */
  readonly k: number;
  /** the share that is among as many neighbours of the rounded model, over all images: 0 to 1 */
  readonly share: number;
}

/**
 * The nearest of each vector among the others, by cosine, nearest first; of two that are as near, the first.
 *
 * Takes N² · D multiplications, and beside the vectors memory for N · k numbers.
 *
 * @param vectors N of D values each
 * @param k how many of each, fewer than N
 * @returns N lists of k places
 */
export function nearestNeighbours(vectors: readonly Float32Array[], k: number): number[][] {
  const lengths = vectors.map((vector) => Math.sqrt(dot(vector, vector)));
  return vectors.map((vector, from) => {
    const places: number[] = [];
    const cosines: number[] = [];
    for (const [to, other] of vectors.entries()) {
      if (to === from) continue;
      const product = dot(vector, other);
      // a vector of zeros is as near to all
      const cosine = product === 0 ? 0 : product / ((lengths[from] ?? 0) * (lengths[to] ?? 0));
      let place = places.length;
      while (place > 0 && cosine > (cosines[place - 1] ?? 0)) place--;
      places.splice(place, 0, to);
      cosines.splice(place, 0, cosine);
      if (places.length > k) {
        places.pop();
        cosines.pop();
      }
    }
    return places;
  });
}

/**
 * The share of the neighbours in f32 that the rounded model finds too, for each k that there are more images than.
 *
 * @param rounded N vectors
 * @param exact the same images' in f32
 * @param ks in rising order
 */
export function neighbourAgreement(
  rounded: readonly Float32Array[],
  exact: readonly Float32Array[],
  ks: readonly number[],
): NeighbourAgreement[] {
  const possible = ks.filter((k) => exact.length > k);
  const most = possible.at(-1);
  if (most === undefined) return [];
  const found = nearestNeighbours(rounded, most);
  const wanted = nearestNeighbours(exact, most);
  return possible.map((k) => {
    const again = wanted.map((places, i) => {
      const near = new Set(found[i]?.slice(0, k));
      return places.slice(0, k).filter((place) => near.has(place)).length;
    });
    return { k, share: again.reduce((sum, count) => sum + count, 0) / (k * exact.length) };
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
