/** The devices `tensorflow` and `cuda`: TensorFlow's own library, through `@tensorflow/tfjs-node`. */

import { DeviceError } from '../../errors/errors.ts';
import { isNode } from '../../platform/is-node.ts';
import type { DeviceDefinition } from '../device.ts';
import type { TensorflowDevice } from './load-node.ts';

/** TensorFlow as it is installed, on whatever it picks. */
export const tensorflow = nativeDevice('tensorflow');

/** The same on a GPU or not at all. */
export const cuda = nativeDevice('cuda');

function nativeDevice<Name extends TensorflowDevice>(name: Name): DeviceDefinition<Name> {
  return {
    name,
    async missing() {
      if (!isNode()) return 'Node';
      const { findPackage } = await import('#node/backends/tensorflow/load');
      return findPackage(name) === undefined ? 'the package @tensorflow/tfjs-node' : undefined;
    },
    async start(options) {
      if (!isNode()) {
        throw new DeviceError(`setDevice: ${name} is native code, expected Node, got a browser; use "simd"`);
      }
      const { useTensorflow } = await import('#node/backends/tensorflow/load');
      await useTensorflow(name, options);
      return 'tensorflow';
    },
  };
}
