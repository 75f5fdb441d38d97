/** Images of what was computed: from values and colours to pixels; no tensors, no canvas, the same bytes on every platform. */

export { COLORMAPS, type ColormapName, colormap } from './colormap.ts';
export type { Colour } from './colour.ts';
export {
  COLOURISE_OPTIONS,
  type ColouriseOptions,
  colourise,
  type ValueRange,
  valueRange,
} from './colourise.ts';
export { enlarge, INTERPOLATIONS, type Interpolation } from './enlarge.ts';
export { GRID_OPTIONS, type GridOptions, gridImage, gridPlane, type Patches } from './grid-image.ts';
export { overlay } from './overlay.ts';
export type { Plane } from './plane.ts';
