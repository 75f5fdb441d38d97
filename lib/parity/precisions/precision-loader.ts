/** Loading one model in several precisions. */
import type { Precision } from '../../../ops/precision.ts';
import { pickOptions } from '../../../options/rows.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { openRepository } from '../../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions, warn } from '../../../sources/repository.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../../weights/weights-options.ts';
import { classOfRepository } from '../../families/class-of-repository.ts';
import type { Dinov2ConfigFields } from '../../families/dinov2/dinov2-fields.ts';
import type { AnyModel } from '../../families/families.ts';
import { HEAD_OPTIONS, type HeadOptions } from '../../loading/attach-head.ts';
import { loadModel } from '../../loading/load-model.ts';

/** Loads a model in a precision. */
export type PrecisionLoader = (precision: Precision) => Promise<AnyModel>;

/** How the model is found and read. */
interface LoaderOptions extends RepositoryOptions, WeightsOptions, HeadOptions {
  readonly fields?: Dinov2ConfigFields | undefined;
}

/** Loads from a source the classifier if the weights are one's, else the bare model; what it warns of is said once. */
export async function precisionLoader(source: ModelSource, options: LoaderOptions): Promise<PrecisionLoader> {
  const { fields } = options;
  const loading = {
    ...pickOptions(options, { ...REPOSITORY_OPTIONS, ...WEIGHTS_OPTIONS }),
    ...(fields && { fields }),
  };
  const head = pickOptions(options, HEAD_OPTIONS);
  const modelClass = await classOfRepository(await openRepository(source, loading), { ...loading, ...head });
  let isFirst = true;
  return async (precision) => {
    const model = await loadModel([modelClass], source, {
      ...loading,
      ...(modelClass.head && head),
      precision,
    });
    if (isFirst) for (const warning of model.warnings) warn(loading, warning);
    isFirst = false;
    return model;
  };
}
