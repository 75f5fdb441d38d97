/** A page that embeds one image with this package. */
import { AutoImageProcessor, Dinov2Model, embed } from '../../lib/index.ts';
import type { PageResult } from './page-result.ts';

const at = new URL('/models/ours/', location.href);
const marks: Record<string, number> = { scripts: performance.now() };
const [processor, model] = await Promise.all([
  AutoImageProcessor.fromPretrained(at),
  Dinov2Model.fromPretrained(at),
]);
marks.model = performance.now();
const { pixelValues } = await processor.preprocess(new URL('/images/photos/chelsea.jpg', location.href));
marks.pixels = performance.now();
const [embedding = []] = await embed(model, pixelValues);
const result: PageResult = { done: performance.now(), marks, embedding: [...embedding] };
Object.assign(globalThis, { result });
