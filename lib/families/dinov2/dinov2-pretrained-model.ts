/** What all models of DINOv2 have. */
import { type ModelParts, PreTrainedModel } from '../../model/pretrained-model.ts';
import type { BackboneLayers } from './backbone-layers.ts';
import type { Dinov2Config } from './dinov2-config.ts';
import { DINOV2_FILES } from './files.ts';

/** The backbone, and how it stands in files. HF: `Dinov2PreTrainedModel`. */
export abstract class Dinov2PreTrainedModel extends PreTrainedModel<Dinov2Config> {
  static readonly files = DINOV2_FILES;
  readonly layers: BackboneLayers;

  protected constructor(parts: ModelParts<Dinov2Config, BackboneLayers>) {
    super(parts);
    this.layers = parts.layers;
  }

  protected disposeLayers(): void {
    this.layers.dispose();
  }
}
