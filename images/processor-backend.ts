/** The implementations of preprocessing whose numbers are reproduced. */

/**
 * Whose arithmetic is followed: `torchvision`, transformers' default backend; `pil`, its backend on Pillow; `timm`, timm's
 * transforms for evaluation, which resize as Pillow does and crop in a way of their own.
 */
export const PROCESSOR_BACKENDS = ['torchvision', 'pil', 'timm'] as const;

/** One of `PROCESSOR_BACKENDS`. */
export type ProcessorBackend = (typeof PROCESSOR_BACKENDS)[number];
