/** What a device is: a backend of TF.js that this package knows how to start. */
import { bool, type OptionsOf, positiveInteger } from '../options/rows.ts';

/** How a device computes; a device ignores those that mean nothing to it. */
export const DEVICE_OPTIONS = {
  /** threads of `simd`, and of `tensorflow` at its first use; default the number of cores */
  threads: positiveInteger({
    // each device says how many it takes
    accepts: () => true,
    flag: '--threads <n>',
    help: 'threads of simd, TensorFlow and ONNX Runtime (default: the number of cores)',
  }),
  /**
   * whether `simd` keeps float16 and bfloat16 weights in 16 bits, widened as they are used: half the memory, the same
   * numbers, a little slower; default false. Holds for models that are loaded afterwards
   */
  halfWeights: bool({
    flag: '--half-weights',
    help: 'keep float16 and bfloat16 weights in 16 bits: half the memory, a little slower',
  }),
};

/** Options of `setDevice`. */
export interface DeviceOptions extends OptionsOf<typeof DEVICE_OPTIONS> {}

/** What a device that is running tells of itself; absent where it has none of it, or does not know. */
export interface DeviceDetails {
  /** threads it computes on */
  readonly threads?: number;
  /** whether its kernels are those with relaxed SIMD */
  readonly relaxedSimd?: boolean;
  /**
   * how it multiplies weights of 8 bits: `i16` by inputs of 16 bits, `split` by inputs of 14 bits in two parts; absent where they
   * are widened to float32
   */
  readonly int8Kernel?: 'i16' | 'split';
}

/** A row of the list in `devices.ts`. What computes is behind a dynamic import in `start`. */
export interface DeviceDefinition<Name extends string = string> {
  /** as `setDevice` takes it */
  readonly name: Name;
  /**
   * Looks whether `start` has what it needs, without starting anything.
   *
   * @returns what is missing, in words; undefined if nothing is
   */
  missing(): Promise<string | undefined>;
  /**
   * Registers the backend unless it is registered, and makes it TF.js's current one.
   *
   * @returns the name TF.js knows it by
   * @throws DeviceError if it can't be used here; OptionError
   */
  start(options: DeviceOptions): Promise<string>;
  /** What is known of it while it is TF.js's current backend. */
  details?(): Promise<DeviceDetails>;
}
