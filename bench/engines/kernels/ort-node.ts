/** Products and attention on onnxruntime-node. */
import { open, start } from '../ort-node.ts';
import { onnxKernels } from './onnx-kernel.ts';

export default onnxKernels(start, open);
