/** Choosing and compiling the build of the kernels that fits the engine. */
import { DeviceError } from '../../../errors/errors.ts';

/** What the kernels export; see `assembly/index.ts`. */
export interface KernelExports {
  open(): void;
  workAlone(): void;
  workAlong(): void;
  close(patience: number): number;
  workerLoop(thread: number, team: number): void;
  dissolve(): number;
  abandon(): void;
  probe(at: number, turns: number): number;
  dotSum(first: number, second: number): number;
}

/** `(func (drop (i8x16.splat (i32.const 0))))`: an engine that accepts it has 128-bit SIMD. */
const SIMD_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
];

/** `(func (param v128) (drop (f32x4.relaxed_madd …)))`: an engine that accepts it has relaxed SIMD. */
const RELAXED_PROBE = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 1, 123, 0, 3, 2, 1, 0, 10, 14, 1, 12, 0, 32, 0, 32, 0, 32, 0, 253,
  133, 2, 26, 11,
];

/** Whether the engine has 128-bit SIMD. */
function hasSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(SIMD_PROBE));
}

/** Whether the engine has relaxed SIMD (Node 22, Chrome 114 and later): multiply-add in one instruction. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(new Uint8Array(RELAXED_PROBE));
}

/**
 * @param relaxed whether to take the build with relaxed SIMD
 * @param team whether to take the build for shared memory and threads
 * @throws DeviceError if the engine lacks what the build needs, or a page's policy forbids WebAssembly
 */
export async function loadKernels({
  relaxed,
  team,
}: {
  relaxed: boolean;
  team: boolean;
}): Promise<WebAssembly.Module> {
  if (!hasSimd()) {
    throw new DeviceError('simd: expected an engine with WebAssembly SIMD, got one without; use "cpu"');
  }
  if (relaxed && !hasRelaxedSimd()) {
    throw new DeviceError(
      'simd: expected an engine with relaxed SIMD, got one without; leave "relaxed" out to have it detected',
    );
  }
  const { default: text } = await readBuild(relaxed, team);
  try {
    // a page's main thread may not compile this much at once in every browser
    return await WebAssembly.compile(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch (cause) {
    throw new DeviceError(
      `simd: expected WebAssembly to compile, got ${String(cause)}; a content security policy has to allow 'wasm-unsafe-eval'`,
      { cause },
    );
  }
}

function readBuild(relaxed: boolean, team: boolean): Promise<{ default: string }> {
  if (relaxed) return team ? import('../generated/relaxed-team.ts') : import('../generated/relaxed-alone.ts');
  return team ? import('../generated/plain-team.ts') : import('../generated/plain-alone.ts');
}
