/** The repositories in which DINOv2 was published: what a misspelt id may have been meant to be. */
import { closest } from '../../errors/closest.ts';

const SIZES = ['small', 'base', 'large', 'giant'];
const KINDS = ['dinov2', 'dinov2-with-registers'];
const PUBLISHED = KINDS.flatMap((kind) =>
  SIZES.flatMap((size) => [`facebook/${kind}-${size}`, `facebook/${kind}-${size}-imagenet1k-1-layer`]),
);

/** The published id that another one is like; undefined if there is none, or it is one. */
export function publishedLike(id: string): string | undefined {
  const meant = closest(id, PUBLISHED);
  return meant === id ? undefined : meant;
}
