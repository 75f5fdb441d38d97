/** The head of a classifier in a file of its own. */
import { Dinov2Error, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { encodeSafetensors } from '../../weights/write/encode-safetensors.ts';
import { FILE_METADATA } from '../../weights/write/file-metadata.ts';
import type { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { LINEAR_HEAD } from '../heads/linear/head.ts';
import { headMetadata } from '../heads/linear/head-file.ts';

/**
 * Writes the head of a classifier and its labels as a safetensors file of some kilobytes, which `fromPretrained(backbone, { head })` reads: what
 * a page lets its user download, and what goes with a backbone that is there already.
 *
 * @param model borrowed
 * @returns a file of `weight` [labels, (n + 1)·D] and `bias` [labels] in float32; the labels stand in its metadata
 * @throws OptionError if it is no classifier, or one without labels; Dinov2Error after `dispose`
 */
export async function headFile(model: Dinov2ForImageClassification): Promise<Uint8Array> {
  const named = ['weight', 'bias'].map((name) => {
    const tensor = model?.parameters?.get(`${LINEAR_HEAD.scope}.${name}`);
    if (tensor === undefined) {
      throw new OptionError(
        `headFile: expected a classifier with a head, got ${model?.architecture ?? shown(model)}; classifierToModel gives a model one`,
      );
    }
    if (tensor.isDisposed)
      throw new Dinov2Error('headFile: expected a model that is still there, got one after dispose()');
    return [name, tensor] as const;
  });
  const tensors = await Promise.all(
    named.map(async ([name, tensor]) => {
      return [name, { data: await tensor.data<'float32'>(), shape: tensor.shape }] as const;
    }),
  );
  const metadata = { ...FILE_METADATA, ...headMetadata(Object.values(model.config.id2label)) };
  return encodeSafetensors(Object.fromEntries(tensors), metadata);
}
