/** The stack of blocks. */
import { dispose, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import { Block, type BlockOptions } from './block.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of the stack. */
export interface EncoderOptions {
  /** L */
  depth: number;
  block: BlockOptions;
}

/** What one call of the encoder keeps. */
export interface EncoderCall {
  /** [B or 1, 1, 1 or T, T], added to the attention scores of every block */
  mask?: Tensor4D | undefined;
  /** indices 0…L of the residual stream to keep: 0 the input, i the output of block i */
  keepHiddenStates?: ReadonlySet<number> | undefined;
  keepAttentions?: boolean | undefined;
}

/** What the encoder returns; every tensor is owned by the caller. */
export interface EncoderResult {
  /** [B, T, D], before the final norm */
  output: Tensor3D;
  /** the kept states by index, [B, T, D] each */
  hiddenStates: Map<number, Tensor3D>;
  /** [B, A, T, T] for each block, empty unless asked for */
  attentions: Tensor4D[];
}

/** L blocks, one after the other. HF: `Dinov2Encoder`. */
export class Encoder {
  readonly blocks: readonly Block[];

  constructor(blocks: readonly Block[]) {
    this.blocks = blocks;
  }

  /** Reads `blocks.0` to `blocks.{depth − 1}`. */
  static async load(weights: WeightReader, { depth, block }: EncoderOptions): Promise<Encoder> {
    const blocks: Block[] = [];
    for (let i = 0; i < depth; i++) blocks.push(await Block.load(weights.scope(`blocks.${i}`), block));
    return new Encoder(blocks);
  }

  /**
   * Runs the blocks; each state of the residual stream is freed as soon as the next one stands.
   *
   * @param x [B, T, D]; borrowed
   */
  forward(x: Tensor3D, { mask, keepHiddenStates, keepAttentions = false }: EncoderCall = {}): EncoderResult {
    const hiddenStates = new Map<number, Tensor3D>();
    const attentions: Tensor4D[] = [];
    let stream = x.clone();
    if (keepHiddenStates?.has(0)) hiddenStates.set(0, stream.clone());
    try {
      for (const [i, block] of this.blocks.entries()) {
        let next: Tensor3D;
        if (keepAttentions) {
          const { output, weights } = block.forwardWithWeights(stream, mask);
          next = output;
          attentions.push(weights);
        } else {
          next = block.forward(stream, mask);
        }
        stream.dispose();
        stream = next;
        if (keepHiddenStates?.has(i + 1)) hiddenStates.set(i + 1, stream.clone());
      }
    } catch (error) {
      dispose([stream, ...hiddenStates.values(), ...attentions]);
      throw error;
    }
    return { output: stream, hiddenStates, attentions };
  }
}
