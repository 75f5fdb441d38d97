/** The stack of blocks. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { AttentionVisitor, QueryKeyValue } from './attention-visitor.ts';
import { Block, type BlockCall, type BlockOptions } from './block.ts';
import { scoped } from './uniform-source.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of the stack. */
export interface EncoderOptions extends BlockOptions {
  /** L */
  depth: number;
}

/** What one call of the encoder may add: a mask of every block's attention, what it keeps, and who looks on. */
export interface EncoderCall extends Omit<BlockCall, 'visit'> {
  /** how many blocks run, from the first on; default all */
  numBlocks?: number | undefined;
  /** its layers are 0…L − 1 */
  visitor?: AttentionVisitor | undefined;
  /** the blocks that are tapped, 0…L − 1; default all */
  tappedBlocks?: ReadonlySet<number> | undefined;
  /** indices 0…L of the residual stream to keep: 0 the input, i the output of block i */
  keepHiddenStates?: ReadonlySet<number> | undefined;
}

/** What the encoder returns; every tensor is owned by the caller. */
export interface EncoderResult {
  /** [B, T, D] of the last block that has run, before the final norm */
  output: Tensor3D;
  /** the kept states by index, [B, T, D] each */
  hiddenStates: Map<number, Tensor3D>;
}

/** L blocks, one after the other. HF: `Dinov2Encoder`. */
export class Encoder {
  readonly blocks: readonly Block[];

  constructor(blocks: readonly Block[]) {
    this.blocks = blocks;
  }

  /** Reads `blocks.0` to `blocks.{depth − 1}`. */
  static async load(weights: WeightReader, options: EncoderOptions): Promise<Encoder> {
    const blocks: Block[] = [];
    for (let i = 0; i < options.depth; i++)
      blocks.push(await Block.load(weights.scope(`blocks.${i}`), options));
    return new Encoder(blocks);
  }

  /**
   * Runs the blocks; each state of the residual stream is freed as soon as the next one stands.
   *
   * @param x [B, T, D]; borrowed
   */
  forward(x: Tensor3D, call: EncoderCall = {}): EncoderResult {
    const { mask, numBlocks, taps, tappedBlocks, visitor, keepHiddenStates } = call;
    const hiddenStates = new Map<number, Tensor3D>();
    const { output } = tidy(() => {
      let stream = x.clone();
      if (keepHiddenStates?.has(0)) hiddenStates.set(0, stream.clone());
      for (const [i, block] of this.blocks.slice(0, numBlocks).entries()) {
        const tapped = (tappedBlocks?.has(i) ?? true) ? taps : undefined;
        const random = call.random && scoped(call.random, `blocks.${i}`);
        const visit = visitor?.layers.includes(i)
          ? (heads: QueryKeyValue) => visitor.visit(i, heads)
          : undefined;
        const next = block.forward(stream, { mask, taps: tapped, visit, random });
        stream.dispose();
        stream = next;
        if (keepHiddenStates?.has(i + 1)) hiddenStates.set(i + 1, stream.clone());
      }
      return { output: stream, states: [...hiddenStates.values()], taps };
    });
    return { output, hiddenStates };
  }
}
