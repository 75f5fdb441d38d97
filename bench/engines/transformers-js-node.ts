/** transformers.js as it is in Node: on onnxruntime-node. */
import { peerVersion } from '../../peers/peer.ts';
import { transformersJs } from './transformers-js.ts';

const PACKAGE = '@huggingface/transformers';

export default transformersJs(
  `${peerVersion(PACKAGE)}, ${peerVersion('onnxruntime-node', PACKAGE)}`,
  'cpu',
  'cpu',
  () => undefined,
);
