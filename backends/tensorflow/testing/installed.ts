/** Whether tests can run on the backend `tensorflow`, which this repository does not install by itself. */
import { createRequire } from 'node:module';

/** True after `npm run build:tensorflow`, or any other way to install it. */
export const tensorflowIsInstalled = ((): boolean => {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node');
    return true;
  } catch {
    return false;
  }
})();
