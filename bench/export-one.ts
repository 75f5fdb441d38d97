/**
 * Loads a model, or exports it as ONNX, and says how much memory the process has had.
 *
 * Usage: node export-one.js load|export FOLDER [TARGET]
 *
 * Prints bytes. `onnx-export.ts` runs it.
 */
import { convertToOnnx, Dinov2Model, setDevice } from '../lib/index.ts';
import { peakBytes } from './engines/peak-bytes.ts';

const [mode, folder = '', target = ''] = process.argv.slice(2);
// as the command does: nothing is computed but what constants make
await setDevice('cpu');
if (mode === 'load') await Dinov2Model.fromPretrained(folder);
else await convertToOnnx(folder, target, { architecture: 'Dinov2Model', overwrite: true });
console.info(peakBytes());
