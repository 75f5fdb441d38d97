/** Every model on the backend `tensorflow`, where it is installed. */
import { testEveryModelInProcess } from './testing/in-process.ts';

testEveryModelInProcess('tensorflow');
