/** Every model on TF.js's plain JavaScript backend. */
import { setDevice } from '../backends/devices.ts';
import { testEveryModel } from './testing/every-model.ts';

beforeAll(() => setDevice('cpu'));

testEveryModel();
