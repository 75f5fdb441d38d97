/** `dinov2-tfjs/images`: from an encoded image to pixel values, to the bytes of Pillow and the bits of torchvision; needs no TF.js. */
export { AUGMENT_OPTIONS, type AugmentOptions, augment, augmentPixels } from './augment/augment.ts';
export { centerCrop } from './center-crop.ts';
export { decodeImage } from './decode-image.ts';
export { encodePng, encodePngRows } from './encode-png.ts';
export type { Box, Point } from './geometry/box.ts';
export { PatchGrid, type PatchGridJson, type PatchGridParts, patchGrid } from './geometry/patch-grid.ts';
export { VIEW_OPTIONS, type ViewOptions, viewConfig } from './geometry/view-options.ts';
export { IMAGE_ENDINGS } from './image-endings.ts';
export {
  AutoImageProcessor,
  BitImageProcessor,
  type Pixels,
  type ProcessorOptions,
} from './image-processor.ts';
export type { AddressOptions } from './inputs/address.ts';
export type { DrawnImage } from './inputs/drawn-image.ts';
export type { PixelRange } from './inputs/eight-bits.ts';
export type { ImageInput } from './inputs/image-input.ts';
export type { ImageTensor } from './inputs/image-tensor.ts';
export type { PixelImage } from './inputs/pixel-image.ts';
export type { SharpImage } from './inputs/sharp-image.ts';
export { listedNames } from './listed-names.ts';
export { type NormalizeOptions, normalizeImage } from './normalize.ts';
export { parseProcessorConfig } from './parse-processor-config.ts';
export { type ImageAhead, type NamedImage, type Preprocessor, preprocessAhead } from './preprocess-ahead.ts';
export { type ProcessedImage, processImage, resizeAndCrop } from './process-image.ts';
export type { ProcessorBackend } from './processor-backend.ts';
export { DINOV2_PROCESSOR, type ProcessorConfig } from './processor-config.ts';
export type { RawImage, RgbaImage } from './raw-image.ts';
export { resizeImage } from './resize.ts';
export { type ImageSize, type SizeRule, targetSize } from './target-size.ts';
