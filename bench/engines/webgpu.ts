/** This package on a GPU: `docs/webgpu.md`. */
import { setDevice } from '../../lib/index.ts';
import { dinov2Tfjs } from './dinov2-tfjs.ts';

export default dinov2Tfjs('@tensorflow/tfjs-backend-webgpu', async () => {
  await setDevice('webgpu');
});
