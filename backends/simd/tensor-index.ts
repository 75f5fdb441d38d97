/** Finding the data of a tensor by its DataId. */
import { DataStorage } from '@tensorflow/tfjs-core';
import { INSPECT } from '../../errors/printed.ts';
import type { TensorData } from './storage.ts';

/** A DataId that carries the data it stands for, as long as they are in the index that made it. */
class OwnDataId {
  readonly index: TensorIndex;
  stored: TensorData | undefined;

  constructor(index: TensorIndex, stored: TensorData) {
    this.index = index;
    this.stored = stored;
  }

  /** Nothing, where a tensor is printed: behind it stands the whole backend. */
  toJSON(): object {
    return {};
  }

  [INSPECT](): string {
    return 'DataId {}';
  }
}

/**
 * TF.js's index, a WeakMap, except that ids made here need no look-up: those cost as much as a small op itself.
 *
 * Ids of other backends, whose tensors TF.js moves here when they meet one of ours, are in the WeakMap, and so are
 * ours that come back from there.
 */
export class TensorIndex extends DataStorage<TensorData> {
  private ownIds = 0;

  /** A new id. */
  add(stored: TensorData): object {
    this.ownIds += 1;
    return new OwnDataId(this, stored);
  }

  override get(dataId: object): TensorData {
    return this.own(dataId)?.stored ?? super.get(dataId);
  }

  /** Puts data in the place of what the id stood for, if it is known; TF.js's own would count it twice. */
  override set(dataId: object, stored: TensorData): void {
    const own = this.own(dataId);
    if (own !== undefined) own.stored = stored;
    else {
      if (super.has(dataId)) super.delete(dataId);
      super.set(dataId, stored);
    }
  }

  override has(dataId: object): boolean {
    return this.own(dataId) !== undefined || super.has(dataId);
  }

  override delete(dataId: object): boolean {
    const own = this.own(dataId);
    if (own === undefined) return super.delete(dataId);
    own.stored = undefined;
    this.ownIds -= 1;
    return true;
  }

  override numDataIds(): number {
    return this.ownIds + super.numDataIds();
  }

  private own(dataId: object): OwnDataId | undefined {
    const isOwn = dataId instanceof OwnDataId && dataId.index === this && dataId.stored !== undefined;
    return isOwn ? dataId : undefined;
  }
}
