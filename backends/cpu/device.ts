/** The device `cpu`: TF.js's backend in plain JavaScript, on one thread. */
import { findBackend, setBackend } from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import type { DeviceDefinition } from '../device.ts';

/** Slow, and without needs: what the others are compared with. */
export const cpu: DeviceDefinition<'cpu'> = {
  name: 'cpu',
  missing: async () => undefined,
  async start() {
    if (findBackend('cpu') === null) await import('@tensorflow/tfjs-backend-cpu');
    silenceGreeting();
    if (!(await setBackend('cpu'))) throw new DeviceError('setDevice: the cpu backend could not be started');
    return 'cpu';
  },
};

/** tfjs-backend-cpu greets Node users with an advertisement on stderr at its first write; a command must not. */
function silenceGreeting(): void {
  const backend = findBackend('cpu');
  if (backend !== null && 'firstUse' in backend) backend.firstUse = false;
}
