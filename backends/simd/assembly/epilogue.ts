import { EPILOGUE_GELU, EPILOGUE_RESIDUAL } from '../job-kinds';
import { madd } from './madd';
import { gelu } from './transcendental';

/** What LINEAR does with four values after the bias; `epilogue` is a constant at every call. */
// @ts-ignore: decorator
@inline
export function finish(epilogue: i32, v: v128, scale: v128, residual: usize): v128 {
  if (epilogue == EPILOGUE_GELU) return gelu(v);
  if (epilogue == EPILOGUE_RESIDUAL) return madd(scale, v, v128.load(residual));
  return v;
}
