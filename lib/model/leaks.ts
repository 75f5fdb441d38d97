/** Leaks: what goes out of use without `dispose()`. Nobody can free its memory any more, which is said once. */
import { engine, type Tensor } from '@tensorflow/tfjs-core';

/** What was left. */
interface Left {
  /** the class of what the tensors belonged to */
  readonly owner: string;
  readonly remedy: string;
}

let said = false;

function say({ owner, remedy }: Left): void {
  if (said) return;
  said = true;
  console.warn(
    `dinov2-tfjs: expected dispose() before a ${owner} goes out of use, got one that was left without; its tensors stay in memory: ${remedy} (said once)`,
  );
}

/** A registry, or nothing where the platform has none. */
function registry<Held>(collected: (held: Held) => void): FinalizationRegistry<Held> | undefined {
  return typeof FinalizationRegistry === 'undefined' ? undefined : new FinalizationRegistry(collected);
}

/** Tensors that outlived their owner: somebody may have kept them to free them one by one. */
const handles = registry<Left & { readonly dataId: object }>((held) => {
  if (engine().state.tensorInfo.has(held.dataId)) say(held);
});

const owners = registry<Left & { readonly tensors: readonly Tensor[] }>(({ tensors, ...left }) => {
  for (const tensor of tensors) {
    if (!tensor.isDisposed) handles?.register(tensor, { ...left, dataId: tensor.dataId });
  }
});

/**
 * Watches over the tensors of an object. Memory that `dispose`, `tidy` or anybody else has freed when the object is collected
 * is well; so are tensors that are still in use.
 *
 * @param name the class of the object
 * @param remedy what to do, in words
 */
export function watchForLeak(owner: object, name: string, tensors: readonly Tensor[], remedy: string): void {
  owners?.register(owner, { owner: name, tensors, remedy }, owner);
}

/** No longer watches over an object, which is disposed of. */
export function unwatch(owner: object): void {
  owners?.unregister(owner);
}
