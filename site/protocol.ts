/** What the page and its worker say to one another: requests by name, and what comes of each. */
import type { Classification, DownloadProgress, PatchFeaturesOptions } from '../lib/index.ts';

/** An image of the page; the worker keeps what it computes of it under the id. */
export interface ImageRef {
  readonly id: number;
  readonly name: string;
  readonly blob: Blob;
}

/** Where a model is from: the bundled one, an id or an address, or files that were dropped. */
export type ModelChoice =
  | { readonly kind: 'bundled'; readonly files: Readonly<Record<string, string>> }
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: Readonly<Record<string, Blob>> };

/** What is known of a source before its weights are fetched. */
export interface ModelSize {
  /** bytes of the weights */
  readonly bytes: number;
  /** its sizes in words */
  readonly architecture: string;
}

/** The model that is loaded. */
export interface ModelFacts extends ModelSize {
  /** an id, an address or the name of a file */
  readonly name: string;
  readonly isBundled: boolean;
  readonly layers: number;
  readonly heads: number;
  readonly hiddenSize: number;
  readonly registers: number;
  readonly patchSize: number;
  /** pixels of the side that it was trained on */
  readonly imageSize: number;
  /** 0 where it has no classifier */
  readonly labels: number;
  /** what was assumed about it, in sentences */
  readonly notes: readonly string[];
}

/** What the browser keeps of a model. */
export interface KeptModel {
  /** what loads it again: an id or an address */
  readonly address: string;
  /** bytes of its files */
  readonly size: number;
  /** bytes of them that are here */
  readonly kept: number;
}

/** What computes. */
export interface DeviceFacts {
  readonly backend: string;
  readonly threads: number;
  readonly cores: number;
  readonly isolated: boolean;
}

/** How an image is seen. */
export interface View {
  /** pixels of its shorter side */
  readonly size: number;
  /** the block whose output, or whose attention, is shown; from 1 on */
  readonly layer: number;
}

/** A view of an image in patches. */
export interface GridFacts {
  readonly rows: number;
  readonly columns: number;
  /** pixels of what the model sees */
  readonly width: number;
  readonly height: number;
}

/** What lies over an image, and what it lies over. */
export interface Overlay extends GridFacts {
  /** PNG of what the model sees */
  readonly seen: Blob;
  /** PNG of the same size */
  readonly over: Blob;
}

/** What of a layer's tokens: its output, or what its attention makes of them. */
export type Facet = NonNullable<PatchFeaturesOptions['facet']>;

/** Of which patches colours are made: those of either side of the foreground's threshold, as the library finds it, or all. */
export type ForegroundChoice = 'inside' | 'border' | 'none';

/** By what patches are coloured: three components of their PCA, groups of k-means, or lengths. */
export type ColouringChoice =
  | { readonly kind: 'pca'; readonly foreground: ForegroundChoice }
  | { readonly kind: 'segments'; readonly k: number }
  | { readonly kind: 'norms' };

/** What was found when a colouring was fitted; the same for all images. */
export type ColouringFacts =
  | {
      readonly kind: 'pca';
      /** the part of the variance that each component explains */
      readonly explained: readonly number[];
    }
  | { readonly kind: 'segments'; readonly k: number }
  | {
      readonly kind: 'norms';
      /** what the darkest and the brightest colour stand for */
      readonly range: readonly [number, number];
    };

/** Whose attention: a patch, or the CLS token. */
export type AttentionToken = number | 'cls';

/** Which attention of a layer: that of a head, from 0 on, or the mean of all; or that of all layers as far as it, rolled out. */
export type AttentionHead = number | 'mean' | 'rollout';

/** What a token attends to. */
export interface AttentionAnswer {
  /** RGBA of the view: the chosen head */
  readonly over: ImageData;
  /** RGBA of the grid: the mean of all heads, then each of them; of a rollout none */
  readonly heads: readonly ImageData[];
}

/** How an image answers to a patch. */
export interface SimilarityAnswer extends Overlay {
  /** the patch that was asked about */
  readonly patch: number;
  /** the cosine of its most similar patch */
  readonly best: number;
}

/** Patches of two images that are nearest to one another. */
export interface MatchesAnswer {
  /** PNG of both images with lines between them */
  readonly image: Blob;
  /** pairs that there are, and those of them that are drawn */
  readonly found: number;
  readonly drawn: number;
}

interface Call<Request, Result, Progress = never> {
  readonly request: Request;
  readonly result: Result;
  readonly progress: Progress;
}

/** Every request by its name. */
export interface Calls {
  /** starts what computes */
  device: Call<object, DeviceFacts>;
  /** loads a model in place of the one before; `size` comes before the first byte of its weights does */
  load: Call<{ choice: ModelChoice }, ModelFacts, { size: ModelSize } | { download: DownloadProgress }>;
  kept: Call<object, readonly KeptModel[]>;
  forget: Call<{ address: string }, readonly KeptModel[]>;
  /** a small copy of an image that the browser itself can't read, as a PNG */
  thumbnail: Call<{ image: ImageRef; side: number }, Blob>;
  /** fits a colouring to images, which stays until another is fitted */
  fit: Call<
    { images: readonly ImageRef[]; view: View; facet: Facet; choice: ColouringChoice },
    { found: ColouringFacts; count: number }
  >;
  /** an image in the colouring that was fitted */
  draw: Call<{ image: ImageRef; view: View; facet: Facet; smooth: boolean }, Overlay>;
  /** the colours of a PCA as a file, and from one */
  saveBasis: Call<object, Blob>;
  openBasis: Call<{ file: Blob }, ColouringFacts>;
  /** a safetensors file of an image's patches, CLS and registers */
  features: Call<{ image: ImageRef; view: View; facet: Facet }, Blob>;
  /** readies an image for `attention` */
  seen: Call<{ image: ImageRef; view: View }, GridFacts & { seen: Blob }>;
  attention: Call<
    { image: ImageRef; view: View; token: AttentionToken; head: AttentionHead; smooth: boolean },
    AttentionAnswer
  >;
  /** without a patch, that in the middle is asked about */
  similarity: Call<
    { from: ImageRef; patch: number | undefined; to: ImageRef; view: View; smooth: boolean },
    SimilarityAnswer
  >;
  /** @param lines pairs that are drawn at most */
  matches: Call<{ from: ImageRef; to: ImageRef; view: View; lines: number }, MatchesAnswer>;
  /** one image laid over another, as a PNG */
  laidOver: Call<{ seen: Blob; over: Blob; opacity: number }, Blob>;
  /** a frame of the camera in colours; `refit` finds them anew */
  frame: Call<
    { frame: ImageData; view: View; refit: boolean; smooth: boolean },
    { over: ImageData; fitting: boolean }
  >;
  labels: Call<{ image: ImageRef; topK: number }, readonly Classification[]>;
}

/** The name of a request. */
export type CallName = keyof Calls;

/** Requests that wait for the network or the disk, beside what is computed. */
export const ASIDE: ReadonlySet<CallName> = new Set(['load', 'kept', 'forget']);

/** What the page sends: a request, or the end of one that is underway. */
export type ToWorker =
  | { [Name in CallName]: { id: number; call: Name; request: Calls[Name]['request'] } }[CallName]
  | { id: number; call: 'cancel' };

/** What was needed for an answer. */
export interface Cost {
  /** milliseconds in the worker */
  readonly took: number;
  /** of these, milliseconds in the library's own function */
  readonly library: number;
  /** bytes that weights and other tensors have; 0 before anything computes */
  readonly memory: number;
}

/** What the worker sends. */
export type ToPage =
  | { id: number; kind: 'progress'; progress: unknown }
  | { id: number; kind: 'done'; result: unknown; cost: Cost }
  | { id: number; kind: 'failed'; name: string; message: string };
