/** onnxruntime-node on a model that PyTorch exported for images of one size. */

import { peerVersion } from '../../peers/peer.ts';
import { onnxEngine } from './onnx-runtime.ts';
import { open, start } from './ort-node.ts';

export default onnxEngine(
  peerVersion('onnxruntime-node'),
  start,
  open,
  (image) => `model_static_${image}.onnx`,
);
