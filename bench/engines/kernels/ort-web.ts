/** Products and attention on onnxruntime-web. */
import { open, start } from '../ort-web.ts';
import { onnxKernels } from './onnx-kernel.ts';

export default onnxKernels(start, open);
