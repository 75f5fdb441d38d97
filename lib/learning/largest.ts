/** The largest values of a row, best first. */

/**
 * Indices of the `k` largest values, the largest first; of equal ones the first first.
 *
 * @param values at least `k`
 */
export function largest(values: Float64Array, k: number): Int32Array {
  // a heap whose root is the worst of the best so far
  const heap = new Int32Array(k);
  let size = 0;
  const isWorse = (i: number, j: number): boolean => {
    const difference = values[i]! - values[j]!;
    return difference < 0 || (difference === 0 && i > j);
  };
  const sink = (item: number): void => {
    let place = 0;
    for (let child = 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && isWorse(heap[child + 1]!, heap[child]!)) child++;
      if (!isWorse(heap[child]!, item)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = item;
  };
  for (let i = 0; i < values.length; i++) {
    if (size < k) {
      let place = size++;
      for (; place > 0; place = (place - 1) >> 1) {
        const parent = (place - 1) >> 1;
        if (!isWorse(i, heap[parent]!)) break;
        heap[place] = heap[parent]!;
      }
      heap[place] = i;
    } else if (isWorse(heap[0]!, i)) sink(i);
  }
  return heap.sort((i, j) => (isWorse(i, j) ? 1 : -1));
}
