/** This package, compiled for onnxruntime-node. */
import { Dinov2Model } from '../../lib/index.ts';
import { compiledEngine } from './compiled-engine.ts';

export default compiledEngine('', async (folder, threads) => {
  const model = await Dinov2Model.fromPretrained(folder);
  return model.compile({ engine: 'onnxruntime', threads });
});
