/** Whether and where graphs are kept for the next start. */

import { bool, type OptionsOf, text, value } from '../../../options/rows.ts';
import { parseSize } from '../../../weights/write/parse-size.ts';

/** Whether and where graphs are kept for the next start. */
export const GRAPH_CACHE_OPTIONS = {
  /** whether graphs are kept for the next start, in Node; default true */
  graphCache: bool({
    default: true,
    flag: '--no-graph-cache',
    help: 'keep no graph of ONNX Runtime for the next start',
  }),
  /**
   * the folder of graphs that are kept; default that of `DINOV2_GRAPH_CACHE_DIR`, or `dinov2-tfjs` in `cacheDir` where that
   * is given, else in `HF_HOME`
   */
  graphCacheDir: text({
    flag: '--graph-cache-dir <folder>',
    help: 'folder of graphs that are kept (default: dinov2-tfjs in HF_HOME)',
  }),
  /**
   * bytes, or such as `500MB`, that graphs may take; those that were used longest ago are deleted. Default that of
   * `DINOV2_GRAPH_CACHE_SIZE`, or `5GB`
   */
  graphCacheSize: value<string | number>({
    flag: '--graph-cache-size <size>',
    help: 'what graphs that are kept may take, such as 500MB (default: 5GB)',
    parse: (written) => parseSize(written, 'graphCacheSize'),
  }),
};

/** Whether and where graphs are kept for the next start. */
export interface GraphCacheOptions extends OptionsOf<typeof GRAPH_CACHE_OPTIONS> {}
