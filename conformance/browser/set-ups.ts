/** The pages the library is tried in, and what is asked of each; for Node and for the pages alike. */

/** What the page is served with. */
export type Headers = 'isolated' | 'plain' | 'strict-policy';

/** Which thread of the page computes. */
export type Thread = 'main' | 'worker';

/**
 * `conformance` is every reference; `webgpu` is every model on that device; `quick-start` is the page of a user who
 * classifies one image, `learning` that of one who has classes of their own, and `rendering` that of
 * one who draws.
 */
export const TASKS = ['conformance', 'webgpu', 'quick-start', 'learning', 'rendering'] as const;

/** One of `TASKS`. */
export type Task = (typeof TASKS)[number];

/** One way to run. */
export interface SetUp {
  headers: Headers;
  thread: Thread;
  task: Task;
  /** whether workers can share the memory and be started */
  threaded: boolean;
}

/** Every way to run. */
export const SET_UPS: readonly SetUp[] = [
  { headers: 'isolated', thread: 'main', task: 'conformance', threaded: true },
  { headers: 'isolated', thread: 'worker', task: 'conformance', threaded: true },
  { headers: 'plain', thread: 'main', task: 'conformance', threaded: false },
  { headers: 'plain', thread: 'worker', task: 'conformance', threaded: false },
  { headers: 'plain', thread: 'main', task: 'webgpu', threaded: false },
  { headers: 'strict-policy', thread: 'main', task: 'quick-start', threaded: false },
  { headers: 'strict-policy', thread: 'worker', task: 'quick-start', threaded: false },
  { headers: 'isolated', thread: 'main', task: 'learning', threaded: true },
  { headers: 'isolated', thread: 'worker', task: 'learning', threaded: true },
  { headers: 'plain', thread: 'worker', task: 'learning', threaded: false },
  { headers: 'plain', thread: 'main', task: 'rendering', threaded: false },
  { headers: 'isolated', thread: 'worker', task: 'rendering', threaded: true },
];

/** What a page is to do. */
export interface Order {
  task: Task;
  /** the place on the test server that everything is below */
  root: string;
  /** the place of the same files in the eyes of another origin */
  elsewhere: string;
  /** names of the references in `fixtures/images/` */
  images: readonly string[];
  /** paths of images in `examples/pictures/` */
  examples: readonly string[];
  /** paths of images in `examples/pictures/digit-classes/`, whose folders are classes */
  labelled: readonly string[];
}

/** What became of the threads of `simd`. */
export interface SimdReport {
  relaxed: boolean;
  /** threads the backend reckons with */
  threads: number;
  /** workers that came up */
  workersUp: number;
  /** workers still there after the backend was let go */
  workersLeft: number;
}

/** What came of it. */
export interface Report {
  /** what was compared, in words, with how many */
  done: readonly string[];
  /** everything that was not as it should be */
  misses: readonly string[];
  crossOriginIsolated: boolean;
  /** the backend `simd`, where it computed */
  simd?: SimdReport;
  /** what the device lacks here, in which case nothing was done */
  missing?: string;
  tensorsLeft: number;
  /** seconds */
  took: number;
}
