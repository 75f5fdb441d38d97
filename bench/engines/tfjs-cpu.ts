/** This package on TF.js's plain JavaScript backend, which has one thread. */
import { setDevice } from '../../lib/index.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';

export default dinov2Tfjs('@tensorflow/tfjs-backend-cpu', async () => {
  await setDevice('cpu');
});
