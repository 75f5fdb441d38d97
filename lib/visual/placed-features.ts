/** Features of the patches of an image whose places are known. */
import type { PatchFeatures } from './patch-features.ts';

/** Features of patches, and where these lie on the image. */
export type PlacedFeatures = Pick<PatchFeatures, 'features' | 'dim' | 'grid'>;
