/** The list of devices, and choosing the one that computes. */
import { backend, getBackend, ready } from '@tensorflow/tfjs-core';
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { requireKnownOptions } from '../options/known-options.ts';
import { cpu } from './cpu/device.ts';
import type { DeviceDefinition, DeviceOptions } from './device.ts';
import { simd } from './simd/device.ts';
import { cuda, tensorflow } from './tensorflow/device.ts';
import { webgpu } from './webgpu/device.ts';

/** Every device; the first is the default, the best that needs nothing beside this package. */
export const DEVICE_LIST = [simd, cpu, tensorflow, cuda, webgpu] as const satisfies DeviceDefinition[];

/** What `setDevice` takes. `auto` is the best device that needs no other package, which is `simd`. */
export const DEVICES = ['auto', ...DEVICE_LIST.map(({ name }) => name)] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

const OPTIONS = ['threads', 'halfWeights'] as const satisfies (keyof DeviceOptions)[];

/**
 * Registers a backend if it is not registered yet, and makes it TF.js's current one.
 *
 * @returns the name TF.js knows it by
 * @throws DeviceError if it can't be used here; OptionError if there is no such device or option, or no such number of
 *   threads
 */
export async function setDevice(device: Device = 'auto', options: DeviceOptions = {}): Promise<string> {
  requireKnownOptions('setDevice', options, OPTIONS);
  return deviceNamed(device).start(options);
}

/** @throws OptionError if there is no such device */
export function deviceNamed(name: Device): DeviceDefinition {
  const [first] = DEVICE_LIST;
  const found = name === 'auto' ? first : DEVICE_LIST.find((each) => each.name === name);
  if (found === undefined) {
    throw new OptionError(`setDevice: expected one of ${DEVICES.join(', ')}, got ${shown(name)}`);
  }
  return found;
}

/** Sets up `auto`, unless the caller has already registered and chosen a backend of TF.js. */
export async function ensureBackend(): Promise<void> {
  if (getBackend()) {
    await ready();
    backend();
    return;
  }
  await setDevice('auto');
}
