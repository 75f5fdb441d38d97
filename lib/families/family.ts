/** What a family of models is. */
import type { ProcessorConfig } from '../../images/processor-config.ts';
import type { FamilyFiles } from '../loading/family-files.ts';
import type { ModelClass } from '../loading/model-class.ts';

/** A family: its classes, how they stand in files, and what is usual for them. */
export interface Family {
  readonly files: FamilyFiles;
  readonly classes: readonly [ModelClass, ...ModelClass[]];
  /** how images are prepared where no file says it */
  readonly processor: ProcessorConfig;
}
