/** What the benchmark asks of an engine, ours or another's. */
import type { PixelValues } from '../../images/pixel-values.ts';

/** From the encoded file of an image to its CLS token [D]. */
export type Embed = (image: string) => Promise<ArrayLike<number>>;

/** One system that can run DINOv2, in a process of its own. */
export interface Engine {
  /** name and version of what runs, for the record */
  readonly version: string;
  /**
   * Gets everything ready for `run`.
   *
   * @param folder a model in the layout of the Hub, with `onnx/model.onnx`
   * @param threads how many to use; an engine that has fewer uses those
   * @param image height and width of the images that will come
   */
  load(folder: string, threads: number, image: number): Promise<void>;
  /** One forward pass, its result outside of the engine: `last_hidden_state` [B, T, D]. */
  run(input: PixelValues): Promise<Float32Array>;
  /** Loads a model and an image processor, as a program of a user would; absent without image processor. */
  openEmbedder?(folder: string, threads: number): Promise<Embed>;
  /** Lets go of the model and of threads. */
  close(): Promise<void>;
}

/** A computation that is measured alone. */
export type KernelShape =
  | { kind: 'linear'; M: number; K: number; N: number }
  | { kind: 'attention'; A: number; T: number; K: number };

/**
 * Makes what a kernel needs.
 *
 * @returns runs it once
 */
export type PrepareKernel = (shape: KernelShape, threads: number) => Promise<() => Promise<void> | void>;
