/** The weights of a model in memory as a checkpoint. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { OptionError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../../weights/checkpoint.ts';
import { ofTensor } from '../../weights/checkpoint.ts';
import { type AnyModel, classNamed } from '../families/families.ts';
import { WeightOutlines } from '../loading/weight-outlines.ts';

/**
 * Sees the weights of a model as a checkpoint under our names, in the shapes that files have. Values are read from the backend when they
 * are asked for, one tensor at a time.
 *
 * @param model borrowed; closing the checkpoint leaves it as it is
 * @throws OptionError if it has adapters, which are in no file of a model
 */
export async function modelCheckpoint(model: AnyModel): Promise<Checkpoint> {
  const outlines = new WeightOutlines();
  await classNamed(model.architecture)?.load(outlines, model.config);
  const more = [...model.parameters.keys()].find((name) => !outlines.parameters.has(name));
  if (more !== undefined) {
    throw new OptionError(
      `${model.architecture}: expected a model without adapters to save, got one with ${more}; merge them, or save them alone by saveLora`,
    );
  }
  const entries = [...outlines.parameters].map(([name, { shape, size }]): [string, TensorInfo] => [
    name,
    { name, dtype: 'F32', shape, byteLength: 4 * size },
  ]);
  const where = model.architecture;
  return {
    where,
    tensors: new Map(entries),
    metadata: {},
    async read(name) {
      const values = await ofTensor(model.parameters, name, where).data<'float32'>();
      return bytesOf(values, name);
    },
    close: async () => undefined,
  };
}
