/** What computes, and how. */
import { deviceInfo } from '../../lib/index.ts';
import type { DeviceFacts } from '../protocol.ts';

/** Starts the library's best device. Without cross-origin isolation it has one thread. */
export async function deviceFacts(): Promise<DeviceFacts> {
  const { backend, threads = 1 } = await deviceInfo();
  return { backend, threads, cores: navigator.hardwareConcurrency, isolated: crossOriginIsolated };
}
