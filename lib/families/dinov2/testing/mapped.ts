/** Checkpoints of tests under the names of DINOv2. */
import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import { type CanonicalView, canonicalView } from '../../../../weights/key-schemes/canonical-view.ts';
import type {
  KeySchemeName,
  SchemeView,
  SchemeViewOptions,
} from '../../../../weights/key-schemes/key-scheme.ts';
import { type MappedCheckpoint, mapCheckpoint } from '../../../../weights/key-schemes/map-checkpoint.ts';
import { plainCheckpoint } from '../../../../weights/key-schemes/plain-checkpoint.ts';
import { schemeView } from '../../../../weights/key-schemes/scheme-view.ts';
import type { WeightsOptions } from '../../../../weights/weights-options.ts';
import { DINOV2_NAMES } from '../keys/names.ts';
import { KEY_SCHEMES } from '../keys/schemes.ts';

/** A checkpoint's weights by our names. */
export function mapped(checkpoint: Checkpoint, options: WeightsOptions = {}): MappedCheckpoint {
  return mapCheckpoint(plainCheckpoint(checkpoint, DINOV2_NAMES, options.prefix), options);
}

/** A checkpoint under our names. */
export function viewed(checkpoint: Checkpoint): CanonicalView {
  return canonicalView(mapped(checkpoint));
}

/** A checkpoint under our names as another system has it. */
export function inScheme(canonical: Checkpoint, to: KeySchemeName, options?: SchemeViewOptions): SchemeView {
  return schemeView(canonical, DINOV2_NAMES, KEY_SCHEMES[to], options);
}
