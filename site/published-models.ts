/** Published models that the page offers: those that are small enough for one. */

export interface PublishedModel {
  /** its id on the Hub */
  readonly address: string;
  /** the bytes of its weights, in words */
  readonly size: string;
  /** what it is for */
  readonly about: string;
}

export const USUAL: PublishedModel = {
  address: 'facebook/dinov2-small',
  size: '88 MB',
  about: 'the usual choice',
};

export const CLASSIFIER: PublishedModel = {
  address: 'facebook/dinov2-small-imagenet1k-1-layer',
  size: '91 MB',
  about: 'with 1,000 labels',
};

/** All of them, as they are listed. */
export const PUBLISHED: readonly PublishedModel[] = [
  USUAL,
  { address: 'facebook/dinov2-with-registers-small', size: '88 MB', about: 'cleaner attention' },
  CLASSIFIER,
  { address: 'facebook/dinov2-base', size: '346 MB', about: 'finer features' },
];
