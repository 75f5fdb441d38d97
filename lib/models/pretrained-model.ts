/** What every model has: a configuration, parameters, an end. */
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { Dinov2Error } from '../../errors/errors.ts';
import type { Dinov2Config } from '../configuration/dinov2-config.ts';
import type { ModelOutput } from './outputs.ts';

/** A model together with the weights it owns. */
export abstract class PreTrainedModel {
  readonly config: Dinov2Config;
  /** every weight by the original code's name; owned by the model */
  readonly parameters: ReadonlyMap<string, Tensor>;
  private disposed = false;

  protected constructor(config: Dinov2Config, parameters: ReadonlyMap<string, Tensor>) {
    this.config = config;
    this.parameters = parameters;
  }

  /** The number of values in all weights. */
  get numParameters(): number {
    let count = 0;
    for (const parameter of this.parameters.values()) count += parameter.size;
    return count;
  }

  /** Frees every weight; `forward` can't be called afterwards. Safe to call twice. */
  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    this.disposeLayers();
    for (const parameter of this.parameters.values()) parameter.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Frees what the layers keep beside their weights. */
  protected abstract disposeLayers(): void;

  /** Runs a forward pass; if it fails, every tensor it has made is freed. */
  protected pass<Output extends ModelOutput>(forward: () => Output): Output {
    this.requireAlive();
    const outputs: Output[] = [];
    tidy(() => {
      const output = forward();
      outputs.push(output);
      return output.tensors;
    });
    const [output] = outputs;
    if (output === undefined) throw new Error('internal: a forward pass without an output');
    return output;
  }

  private requireAlive(): void {
    if (this.disposed) {
      throw new Dinov2Error(
        `${this.constructor.name}: forward() must come before dispose(), got a call after it`,
      );
    }
  }
}
