/**
 * The rooms of the house, lowest first, and which import which. `npm run lint` holds every import against this file.
 *
 * A room may import those it stands `on`, and what these stand on in turn. An arrow that no import uses is an error too, so that
 * this list, and the drawing that is made of it in `docs/architecture.md`, say what the code does.
 *
 * @typedef {{room: string, on: readonly string[]}} Room
 * @type {readonly Room[]}
 */
export const ROOMS = [
  { room: 'errors', on: [] },
  { room: 'platform', on: ['errors'] },
  { room: 'shapes', on: ['errors'] },
  { room: 'bytes', on: ['errors', 'platform'] },
  { room: 'options', on: ['errors'] },
  { room: 'random', on: ['errors'] },
  { room: 'testing', on: [] },
  { room: 'ops', on: ['shapes', 'bytes'] },
  { room: 'layers', on: ['ops'] },
  { room: 'sources', on: ['bytes', 'options'] },
  { room: 'weights', on: ['sources', 'shapes'] },
  { room: 'images', on: ['sources', 'shapes', 'random'] },
  { room: 'rendering', on: ['images'] },
  { room: 'backends', on: ['ops', 'shapes', 'bytes', 'options'] },
  { room: 'graph', on: ['backends', 'images', 'weights'] },
  { room: 'lib', on: ['layers', 'graph', 'rendering'] },
  { room: 'cli', on: ['lib'] },
  { room: 'site', on: ['lib'] },
  { room: 'peers', on: [] },
  { room: 'conformance', on: ['lib', 'peers', 'testing'] },
  { room: 'bench', on: ['lib', 'peers', 'testing'] },
];

/** The same inside `lib/`. Files that stand in no folder of it, such as `lib/index.ts`, are above all of them. */
export const ROOMS_OF_LIB = [
  { room: 'lib/model', on: [] },
  { room: 'lib/labels', on: ['lib/model'] },
  { room: 'lib/heads', on: ['lib/model'] },
  { room: 'lib/loading', on: ['lib/heads', 'lib/labels'] },
  { room: 'lib/families', on: ['lib/loading'] },
  { room: 'lib/gradients', on: ['lib/model'] },
  { room: 'lib/products', on: [] },
  { room: 'lib/learning', on: ['lib/products'] },
  { room: 'lib/saving', on: ['lib/families'] },
  { room: 'lib/tasks', on: ['lib/families'] },
  { room: 'lib/datasets', on: ['lib/tasks', 'lib/saving', 'lib/learning'] },
  { room: 'lib/visual', on: ['lib/tasks', 'lib/learning'] },
  { room: 'lib/training', on: ['lib/gradients', 'lib/datasets'] },
  { room: 'lib/parity', on: ['lib/tasks', 'lib/gradients'] },
  { room: 'lib/conversion', on: ['lib/parity', 'lib/saving'] },
];

/** How many of the folders of `lib/` may stand on one another. */
export const LEVELS_OF_LIB = 7;

/** Rooms that do without TF.js. */
export const WITHOUT_TENSORS = [
  'errors',
  'platform',
  'shapes',
  'bytes',
  'options',
  'random',
  'sources',
  'weights',
  'images',
  'rendering',
];

/** What a test may use beside what its room may: a device to run on, readers of references, what helps all tests. */
export const TESTS_ON = ['testing', 'backends', 'weights'];

/** Rooms that are not in the package, and may use what is for tests. */
export const OUTSIDE = ['conformance', 'bench', 'peers'];

/** Code that runs in Node only, and imports files for Node, `*-node.ts`, as any others. */
export const IN_NODE = /-node\.ts$|^(cli|conformance|peers|bench)\//;

/** What `cli/` takes of the rooms below: their public face, so that our largest user tests it; `site/` that of the library alone. */
export const FACES = {
  cli: /^(\w+\/index|(options|errors|platform)\/[\w-]+)\.ts$/,
  site: /^lib\/index\.ts$/,
};

/**
 * Imports that wait to be cut; an entry that none matches any more is an error.
 *
 * @type {readonly {from: RegExp, to: RegExp}[]}
 */
export const WAITING = [];
