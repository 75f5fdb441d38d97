/** Every model on the backend `webgpu`, where its packages are installed and find a GPU. */
import { testEveryModelInProcess } from './testing/in-process.ts';

testEveryModelInProcess('webgpu');
