/** The settings of an image processor as the object in a `preprocessor_config.json`. */
import type { ProcessorConfig } from './processor-config.ts';
import type { SizeRule } from './target-size.ts';

/**
 * The settings as transformers' `BitImageProcessor` writes them.
 *
 * Source: transformers 5.23.0, `image_processing_utils.py`, `BaseImageProcessor.to_dict`.
 */
export function processorToJson(config: ProcessorConfig) {
  return {
    crop_size: { height: config.cropSize.height, width: config.cropSize.width },
    do_center_crop: config.doCenterCrop,
    do_convert_rgb: true,
    do_normalize: config.doNormalize,
    do_rescale: config.doRescale,
    do_resize: config.doResize,
    image_mean: [...config.imageMean],
    image_processor_type: 'BitImageProcessor',
    image_std: [...config.imageStd],
    resample: config.resample,
    rescale_factor: config.rescaleFactor,
    size: sizeToJson(config.size),
  };
}

function sizeToJson(size: SizeRule): Record<string, number> {
  switch (size.kind) {
    case 'shortest':
      return { shortest_edge: size.shortestEdge };
    case 'shortest-longest':
      return { longest_edge: size.longestEdge, shortest_edge: size.shortestEdge };
    case 'exact':
      return { height: size.height, width: size.width };
    case 'within':
      return { max_height: size.maxHeight, max_width: size.maxWidth };
  }
}
