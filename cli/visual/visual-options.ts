/** The options of every verb that makes images of what a model sees. */
import { GRID_OPTIONS, option, SHEET_OPTIONS, VIEW_OPTIONS } from '../../lib/index.ts';
import { TFJS_MODEL_TABLES } from '../model-options.ts';

/** How much of an image what is drawn of it covers, where the image is to be seen below. */
export const TRANSLUCENT = 0.7;

/** Of a verb that makes one image with lines. */
const DRAWN_OPTIONS = {
  output: option.text({
    default: '.',
    flag: '-o, --output <folder>',
    help: 'folder for the PNG files, one for each image, named after it',
  }),
  enlarge: option.positiveInteger({
    flag: '--enlarge <times>',
    help: 'draw on an image so many times as large as the model sees it (default: large enough to look at)',
  }),
  overlay: option.share({
    flag: '--overlay <opacity>',
    help: `how much the result covers the image, 0 to 1 (default: 1 for pca, norms and match, else ${TRANSLUCENT})`,
  }),
  json: option.bool({
    flag: '--json',
    help: 'a JSON object for each image, of those that can not be read too',
  }),
};

/** Where images go, and how they look. */
export const VISUAL_OPTIONS = {
  ...DRAWN_OPTIONS,
  columns: SHEET_OPTIONS.columns,
};

/** The argument of a verb that makes an image of each. */
export const IMAGES_ARGUMENT = ['<images...>', 'images: files, folders, globs or URLs; - for stdin'] as const;

/** The tables of a verb that makes one image with lines, beside its own: no patches are drawn, and no sheet. */
export const DRAWN_TABLES: readonly option.Table[] = [VIEW_OPTIONS, DRAWN_OPTIONS, ...TFJS_MODEL_TABLES];

/** The tables of the others beside their own. */
export const VISUAL_TABLES: readonly option.Table[] = [
  VIEW_OPTIONS,
  GRID_OPTIONS,
  VISUAL_OPTIONS,
  ...TFJS_MODEL_TABLES,
];
