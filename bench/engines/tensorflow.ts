/** This package on TensorFlow's own library, where it is installed: `docs/tensorflow.md`. */
import { findBackend } from '@tensorflow/tfjs-core';
import { isTensorflowBackend } from '../../backends/tensorflow/eager-ops.ts';
import { setDevice } from '../../lib/index.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';
import type { Engine } from './engine.ts';

const engine = dinov2Tfjs('@tensorflow/tfjs-node', async (threads) => {
  await setDevice('tensorflow', { threads });
});

export default {
  ...engine,
  /** known once it is loaded */
  get version(): string {
    const backend = findBackend('tensorflow');
    const library = backend !== null && isTensorflowBackend(backend) ? backend.binding.TF_Version : 'unknown';
    return `@tensorflow/tfjs-node on TensorFlow ${library}`;
  },
} satisfies Engine;
