import { COUNTER, PARAMETERS } from '../control-block';

/** What stands in a slot of the job, an integer. */
// @ts-ignore: decorator
@inline
export function integer(slot: i32): i32 {
  return load<i32>(PARAMETERS + (<usize>slot << 2));
}

/** What stands in a slot of the job, an address or a number of bytes. */
// @ts-ignore: decorator
@inline
export function address(slot: i32): usize {
  return <usize>load<u32>(PARAMETERS + (<usize>slot << 2));
}

/** What stands in a slot of the job, a float. */
// @ts-ignore: decorator
@inline
export function float(slot: i32): f32 {
  return load<f32>(PARAMETERS + (<usize>slot << 2));
}

/** Takes the next work item; which thread gets which item does not change its result. */
// @ts-ignore: decorator
@inline
export function nextItem(): i32 {
  if (ASC_FEATURE_THREADS) return atomic.add<i32>(COUNTER, 1);
  const item = load<i32>(COUNTER);
  store<i32>(COUNTER, item + 1);
  return item;
}
