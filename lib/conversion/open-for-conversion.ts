/** What a conversion starts from: weights under our names, checked against the configuration they belong to. */
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { canonicalView } from '../../weights/key-schemes/canonical-view.ts';
import { mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import type { KeySchemeName } from '../../weights/key-schemes/schemes.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import type { Repository } from '../../weights/repositories/repository.ts';
import type { Dinov2Config } from '../configuration/dinov2-config.ts';
