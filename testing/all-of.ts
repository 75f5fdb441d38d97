/** What an asynchronous iterable yields, as an array. */
export async function allOf<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of values) list.push(each);
  return list;
}
