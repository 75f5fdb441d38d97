/** Every model on TF.js's plain JavaScript backend. */
import { setDevice } from '../lib/devices.ts';
import { testEveryModel } from './testing/every-model.ts';

beforeAll(() => setDevice('cpu'));

testEveryModel();
