/** This package, compiled for onnxruntime-node with weights of 8 bits. */
import { Dinov2Model } from '../../lib/index.ts';
import { compiledEngine } from './compiled-engine.ts';

export default compiledEngine(', i8', async (folder, threads) => {
  const model = await Dinov2Model.fromPretrained(folder);
  return model.compile({ engine: 'onnxruntime', threads, precision: 'i8' });
});
