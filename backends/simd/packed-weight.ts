/** A weight that the kernels keep in float32, or in the 16 bits it was published in. */
import { type FloatDtype, widenRows } from '../../ops/weight-rows.ts';
import type { PanelLayout, PanelStore } from './panel-store.ts';
import { StoredElsewhere } from './storage.ts';
import { VALUE_BYTES } from './weight-formats.ts';

/** Outputs of a panel. */
export const PANEL_WIDTH = 8;

/** A weight [N, K] in panels [⌈N/8⌉][K][8]. */
export class PackedWeight extends StoredElsewhere {
  readonly panels: PanelStore;
  readonly format: FloatDtype;
  readonly inputs: number;

  /**
   * @param panels as `packedLayout` has it
   * @param inputs K
   */
  constructor(panels: PanelStore, format: FloatDtype, inputs: number) {
    super();
    this.panels = panels;
    this.format = format;
    this.inputs = inputs;
  }

  /** N */
  get outputs(): number {
    return this.panels.layout.outputs;
  }

  /** Whether all panels are in the memory of the kernels. */
  get isInside(): boolean {
    return this.panels.address !== undefined;
  }

  get byteLength(): number {
    return this.panels.byteLength;
  }

  get values(): Float32Array {
    const { inputs, outputs, format, panels } = this;
    const { panelBytes } = panels.layout;
    const { bytes } = panels;
    const rows = new Float32Array(outputs * inputs);
    for (let first = 0; first < outputs; first += PANEL_WIDTH) {
      const from = (first / PANEL_WIDTH) * panelBytes;
      const part = bytes.subarray(from, from + panelBytes);
      const panel = widenRows({ bytes: part, dtype: format, rows: inputs });
      const lanes = Math.min(PANEL_WIDTH, outputs - first);
      for (let lane = 0; lane < lanes; lane++) {
        for (let k = 0; k < inputs; k++) rows[(first + lane) * inputs + k] = panel[PANEL_WIDTH * k + lane]!;
      }
    }
    return rows;
  }

  free(): void {
    this.panels.free();
  }
}

/** How a weight [N, K] lies in such panels. */
export function packedLayout(format: FloatDtype, outputs: number, inputs: number): PanelLayout {
  return { outputs, width: PANEL_WIDTH, panelBytes: inputs * PANEL_WIDTH * VALUE_BYTES[format] };
}
