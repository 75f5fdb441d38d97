import { COUNTER, FLOATS, PARAMETERS } from '../control-block';

/** The i-th integer parameter of the job. */
// @ts-ignore: decorator
@inline
export function parameter(i: i32): i32 {
  return load<i32>(PARAMETERS + (<usize>i << 2));
}

/** The i-th integer parameter of the job, an address or a number of bytes. */
// @ts-ignore: decorator
@inline
export function address(i: i32): usize {
  return <usize>load<u32>(PARAMETERS + (<usize>i << 2));
}

/** The i-th float parameter of the job. */
// @ts-ignore: decorator
@inline
export function floatParameter(i: i32): f32 {
  return load<f32>(FLOATS + (<usize>i << 2));
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
