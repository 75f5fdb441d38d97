/**
 * Keeps WebAssembly in V8's baseline code during the tests of a file: imported by those that run ONNX Runtime's, of which each part runs a few
 * times, and takes longer to optimise than to run.
 */
import { setFlagsFromString } from 'node:v8';

beforeAll(() => setFlagsFromString('--liftoff-only'));
afterAll(() => setFlagsFromString('--no-liftoff-only'));
