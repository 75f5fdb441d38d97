/** Numbers without a pattern, the same at every call. */

// in jest's contexts a global is slow to find, which tells where a loop is long
const { imul } = Math;

/** 32 bits of a counter and a key: the finaliser of MurmurHash3. */
export function mix(counter: number, key: number): number {
  let hash = imul(counter, 0x9e3779b1) ^ key;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Values in [−1, 1). */
export function noise(size: number, seed = 1): Float32Array {
  const key = imul(seed, 0x7feb352d);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = (mix(i + 1, key) >> 8) / 2 ** 23;
  return values;
}
