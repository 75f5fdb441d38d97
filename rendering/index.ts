/** Images of what was computed: from values and colours to pixels; no tensors, no canvas, the same bytes on every platform. */
export type { Cell } from './cell.ts';
export { COLORMAPS, type ColormapName, colormap, palette } from './colormap.ts';
export type { Colour } from './colour.ts';
export {
  COLOURISE_OPTIONS,
  type ColouriseOptions,
  colourise,
  type ValueRange,
  valueRange,
} from './colourise.ts';
export {
  contactSheet,
  contactSheetInBands,
  SHEET_OPTIONS,
  type SheetInBands,
  type SheetOptions,
  type SheetPlan,
} from './contact-sheet.ts';
export {
  drawBox,
  drawLine,
  drawMarker,
  LINE_OPTIONS,
  type LineOptions,
  MARKER_OPTIONS,
  type MarkerOptions,
} from './draw-line.ts';
export { drawText, TEXT_OPTIONS, type TextOptions, textWidth } from './draw-text.ts';
export { enlarge, type Interpolation } from './enlarge.ts';
export { GRID_OPTIONS, type GridOptions, gridImage, gridPlane } from './grid-image.ts';
export { toImageData, toRgba } from './image-data.ts';
export { LEGEND_OPTIONS, type LegendOptions, legend } from './legend.ts';
export { overlay } from './overlay.ts';
export type { Plane } from './plane.ts';
export {
  placesSideBySide,
  SIDE_BY_SIDE_OPTIONS,
  type SideBySideOptions,
  sideBySide,
} from './side-by-side.ts';
