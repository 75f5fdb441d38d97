/** This package, compiled for onnxruntime-node, with the graph that an earlier start has kept. */
import { join } from 'node:path';
import { compilePretrained, Dinov2Model } from '../../lib/index.ts';
import { PREPARED } from '../places.ts';
import { compiledEngine } from './compiled-engine.ts';

export default compiledEngine(', graph kept', (folder, threads) =>
  compilePretrained(Dinov2Model, folder, { threads, graphCacheDir: join(PREPARED, 'graphs') }),
);
