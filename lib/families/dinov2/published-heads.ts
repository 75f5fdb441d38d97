/** How many heads published models have, which their tensors do not tell. */

/**
 * A, by D. Of one width all of these have one number: DINOv2 and RAD-DINO, Phikon, UNI, Hibou, Prov-GigaPath and H-optimus,
 * and timm's `vit_tiny` to `vit_gigantic` (Virchow is a `vit_huge`).
 *
 * Source: the `config.json` of the models; timm 1.0.31, `models/vision_transformer.py`.
 */
const HEADS: Readonly<Record<number, number>> = {
  192: 3,
  384: 6,
  768: 12,
  1024: 16,
  1280: 16,
  1408: 16,
  1536: 24,
  1664: 16,
};

/** The number of heads of published models that are D wide; undefined if none is. */
export function publishedHeads(width: number): number | undefined {
  return HEADS[width];
}
