/** In the page: models on ONNX Runtime, which is loaded from a file of its own. */
import type { OnnxRuntime } from '../../graph/engines/onnx-runtime.ts';
import { trace } from '../../graph/tracing/trace.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { Dinov2ForImageClassification } from '../../lib/families/dinov2/dinov2-for-image-classification.ts';
import { readReference } from '../../lib/parity/reference.ts';
import { verifyReference } from '../../lib/parity/verify.ts';
import { readFloat32 } from '../../lib/tasks/read-tensor.ts';
import { relativeDifference } from '../../testing/close.ts';
import { fetchBytes, fetchTensors } from './check-references.ts';
import type { Findings } from './findings.ts';

/** Of the largest value of an output. */
const TOLERANCE = 1e-5;

/** The bundled model, compiled, against its reference; and a graph of it that takes bytes, against the model. */
export async function checkCompiled(root: URL, findings: Findings): Promise<void> {
  const runtime: OnnxRuntime = await import(new URL('onnxruntime-web/ort.wasm.bundle.min.mjs', root).href);
  const address = new URL('models/digits/', root);
  const processor = await BitImageProcessor.fromPretrained(address);
  const model = await Dinov2ForImageClassification.fromPretrained(address);
  try {
    await findings.gather('models on ONNX Runtime', 'digits', async () => {
      const reference = await readReference(await fetchTensors(new URL('fixtures/digits.safetensors', root)));
      const compiled = await model.compile({ runtime });
      const rows = await verifyReference(compiled, reference, {
        atol: 2e-5,
        preprocess: async (files) => (await processor.preprocess([...files])).pixelValues,
      });
      await compiled.dispose();
      return rows.filter(({ pass }) => !pass);
    });
    await findings.gather('graphs on ONNX Runtime', 'digits', async () => {
      const image = await fetchBytes(new URL('images/digits/eight.png', root));
      const graph = await trace(model, { shape: [1, 3, 32, 32] }, { processor });
      const compiled = await graph.compile({ runtime });
      const { logits } = await compiled.run(await processor.resizeAndCrop(image));
      await compiled.dispose();
      const output = model.forward((await processor.preprocess(image)).pixelValues);
      const expected = await readFloat32(output.logits);
      const difference = relativeDifference(logits === undefined ? [] : await readFloat32(logits), expected);
      logits?.dispose();
      output.dispose();
      return difference <= TOLERANCE ? [] : [`logits differ by ${difference}`];
    });
  } finally {
    model.dispose();
  }
}
