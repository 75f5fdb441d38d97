/** The list of devices, and choosing the one that computes. */
import { backend, getBackend, ready } from '@tensorflow/tfjs-core';
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { readOptions } from '../options/rows.ts';
import { cpu } from './cpu/device.ts';
import { DEVICE_OPTIONS, type DeviceDefinition, type DeviceDetails, type DeviceOptions } from './device.ts';
import { simd } from './simd/device.ts';
import { cuda, tensorflow } from './tensorflow/device.ts';
import { webgpu } from './webgpu/device.ts';

/** Every device; the first is the default, the best that needs nothing beside this package. */
export const DEVICE_LIST = [simd, cpu, tensorflow, cuda, webgpu] as const satisfies DeviceDefinition[];

/** What `setDevice` takes. `auto` is the best device that needs no other package, which is `simd`. */
export const DEVICES = ['auto', ...DEVICE_LIST.map(({ name }) => name)] as const;

/** One of `DEVICES`. */
export type Device = (typeof DEVICES)[number];

/**
 * Registers a backend if it is not registered yet, and makes it TF.js's current one.
 *
 * @returns the name TF.js knows it by
 * @throws DeviceError if it can't be used here; OptionError if there is no such device or option, or no such number of
 *   threads
 */
export async function setDevice(device: Device = 'auto', options: DeviceOptions = {}): Promise<string> {
  return deviceNamed(device).start(readOptions('setDevice', options, DEVICE_OPTIONS));
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

/** What computes, and how. */
export interface DeviceInfo extends DeviceDetails {
  /** TF.js's name of the backend, which is the device's but for `cuda`: `tensorflow` */
  readonly backend: string;
}

/** What computes now, and how; `auto` is set up if nothing has been chosen. */
export async function deviceInfo(): Promise<DeviceInfo> {
  await ensureBackend();
  const name = getBackend();
  const device: DeviceDefinition | undefined = DEVICE_LIST.find((each) => each.name === name);
  return { backend: name, ...(await device?.details?.()) };
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
