/** What was asked wrongly ends with status 2, what fails in the work with 1: of every verb. */

import { CLASSES, DIGITS, dinov2Each, MODEL, REFERENCE } from './testing/command.ts';

const IMAGE = `${DIGITS}/one.png`;

/** Words that each verb can run with. */
const WORDS = {
  embed: [IMAGE, '-m', MODEL],
  classify: [IMAGE, '-m', MODEL],
  features: [IMAGE, '-m', MODEL, '-l', '1', '-o', 'x.safetensors'],
  attention: [IMAGE, '-m', MODEL],
  pca: [IMAGE, '-m', MODEL],
  segments: [IMAGE, '-m', MODEL],
  norms: [IMAGE, '-m', MODEL],
  similarity: [IMAGE, '--at', '3,3', '-m', MODEL],
  match: [IMAGE, IMAGE, '-m', MODEL],
  verify: ['-m', MODEL, '-r', REFERENCE],
  knn: [CLASSES, '-m', MODEL],
  probe: [CLASSES, '-m', MODEL],
  train: [CLASSES, '-m', MODEL, '--dry-run'],
  evaluate: [CLASSES, '-m', MODEL],
  precision: [MODEL, IMAGE, '--rounds', '1'],
  compare: [MODEL, MODEL],
  inspect: [MODEL],
  convert: [MODEL, 'converted'],
  completion: ['bash'],
};
type VerbName = keyof typeof WORDS;
const VERBS = Object.keys(WORDS) as VerbName[];

/** What each verb answers to words behind those it can run with. */
const answers: [VerbName, string[], RegExp][] = [
  ...VERBS.map((verb): [VerbName, string[], RegExp] => [verb, ['--sise', '3'], /unknown option '--sise'/]),
  ['embed', ['--backend', 'smid'], /Allowed choices are .*\n\(Did you mean simd\?\)/],
  ['embed', ['--threads', '0'], /expected a positive integer/],
  ['embed', ['--threads', '100000'], /threads must be an integer from 1 to 256, got 100000/],
  ['embed', ['--execution-provider', 'cpu'], /expected --engine onnxruntime, got --engine tfjs/],
  ['embed', ['--engine', 'tensorrt'], /Allowed choices are tfjs, auto, onnxruntime/],
  ['embed', ['--subfolder', '../..'], /subfolder: expected a folder in it/],
  ['embed', ['--model'], /option '-m, --model <model>' argument missing/],
  ['embed', ['--pool', 'maen'], /\(Did you mean mean\?\)/],
  ['embed', ['--normalise'], /unknown option '--normalise'\n\(Did you mean --normalize\?\)/],
  ['embed', ['--device', 'cpu'], /unknown option '--device'\n\(Did you mean --backend\?\)/],
  ['embed', ['--dtype', 'q8'], /unknown option '--dtype'\n\(Did you mean --precision\? /],
  ['embed', ['--batch-size', '0'], /expected a positive integer/],
  ['embed', ['-o', 'a.xls'], /--output: expected a file ending in/],
  ['classify', ['--top-k', '0'], /expected a positive integer/],
  ['classify', ['-k', 'x'], /expected a positive integer/],
  ['features', ['-o', 'x.npy'], /--output: expected a file ending in \.safetensors/],
  ['features', ['-l', 'a'], /expected integers with commas between/],
  ['features', ['-l', '9'], /integers from -5 to 4, got 9/],
  ['features', ['another.png'], /too many arguments/],
  ['attention', ['--query', '3'], /expected cls, register:<i>, or x,y/],
  ['attention', ['--heads', '0,'], /expected all, mean, or numbers from 0 on with commas between/],
  ['attention', ['--heads', '3'], /attentionMaps: heads: expected numbers from 0 to 2, got 3/],
  ['attention', ['--layer', '5'], /attentionMaps: layer: expected 1 to 4/],
  ['attention', ['--rollout', '--heads', 'mean'], /--heads: expected no such option with --rollout/],
  ['attention', ['--discard-ratio', '0.5'], /--discard-ratio: expected no such option without --rollout/],
  ['attention', ['--rollout', '--discard-ratio', '1'], /expected a number of at least 0 and less than 1/],
  ['pca', ['--foreground', '2'], /expected auto, none or a number from 0 to 1/],
  ['pca', ['--foreground-side', 'boder'], /Allowed choices are inside, border\.\n\(Did you mean border\?\)/],
  ['attention', ['--range', '1,0'], /expected two numbers with a comma between, the lower one first/],
  ['pca', ['--save-basis', 'x.npy'], /--save-basis: expected a file ending in \.safetensors, got x\.npy/],
  [
    'segments',
    ['--save-centres', 'x.npy'],
    /--save-centres: expected a file ending in \.safetensors, got x\.npy/,
  ],
  ['segments', ['--k', '5000'], /kMeans: expected k of at most the 64 patches, got 5000/],
  ['norms', ['--threshold', 'high'], /expected a number of at least 0/],
  ['similarity', ['--at', '3'], /expected x,y or x,y,width,height in pixels/],
  ['similarity', ['--at', '1,2,3,0'], /expected x,y or x,y,width,height in pixels/],
  ['similarity', ['--range', '1,0'], /expected two numbers with a comma between, the lower one first/],
  ['similarity', ['--overlay', '2'], /expected a number from 0 to 1/],
  ['similarity', ['--columns', '0'], /expected a positive integer/],
  ['similarity', ['--colormap', 'virids'], /\(Did you mean viridis\?\)/],
  ['similarity', ['--fit', 'processor', '--size', '28'], /size: expected none beside fit: 'processor'/],
  ['similarity', ['--engine', 'onnxruntime'], /unknown option '--engine'/],
  ['match', ['--ratio', '-1'], /expected a number of at least 0/],
  ['match', ['third.png'], /too many arguments/],
  ['verify', ['--atol', '-1'], /expected a number of at least 0/],
  ['knn', ['-k', '0'], /expected positive integers with commas between/],
  ['knn', ['-k', '5000'], /expected k of at most the 120 training images, got 5000/],
  ['knn', ['--few-shot', 'x'], /expected positive integers with commas between/],
  ['knn', ['--features', 'x.npy'], /--features: expected a file ending in .safetensors, got x.npy/],
  ['knn', ['--confusion', 'x.gif'], /--confusion: expected a file ending in .svg or .png, got x.gif/],
  ['probe', ['--classifier', 'liner'], /\(Did you mean linear\?\)/],
  ['probe', ['-C', '0'], /expected a number of at least 0|must be a positive number/],
  ['probe', ['--seed', '1.5'], /expected an integer/],
  ['probe', ['--engine', 'onnxruntime'], /unknown option '--engine'/],
  ['train', ['--schedule', 'liner'], /\(Did you mean linear\?\)/],
  ['train', ['--label-smoothing', '1'], /expected a number of at least 0|from 0 to below 1/],
  ['train', ['--engine', 'onnxruntime'], /unknown option '--engine'/],
  ['evaluate', ['second'], /too many arguments/],
  ['precision', ['--precisions', 'f16,q8'], /expected some of f16, i8, with commas between/],
  ['precision', ['--precision', 'i8'], /unknown option '--precision'\n\(Did you mean --precisions\?\)/],
  ['precision', ['--rounds', '0'], /expected a positive integer/],
  ['precision', ['--engine', 'onnxruntime'], /unknown option '--engine'/],
  ['compare', ['--atol', 'x'], /expected a number of at least 0/],
  ['compare', ['third'], /too many arguments/],
  ['inspect', ['--image-size', '0'], /expected a positive integer/],
  ['inspect', ['second'], /too many arguments/],
  ['convert', ['--to', 'keras'], /Allowed choices are/],
  ['convert', ['--dtype', 'f61'], /\(Did you mean f16\?\)/],
  ['convert', ['--image-size', '0'], /expected a positive integer/],
  ['convert', ['--max-shard-size', 'huge'], /expected a size such as 5GB/],
  ['convert', ['--outputs', 'x'], /--outputs: expected no such option but for ONNX/],
  [
    'convert',
    ['--to', 'onnx', '--max-shard-size', '1MB'],
    /--max-shard-size: expected no such option for ONNX/,
  ],
  ['completion', ['zsh'], /too many arguments/],
];

/** Commands that are run in one process, and what each leaves. */
function endedEach<Case>(cases: readonly Case[], wordsOf: (each: Case) => string[]) {
  const ended = dinov2Each(cases.map(wordsOf));
  return cases.map((each, i) => ({ each, words: wordsOf(each).join(' '), ended: ended[i] }));
}

test.each(endedEach(answers, ([verb, words]) => [verb, ...WORDS[verb], ...words]))(
  '$words is refused with status 2',
  ({ each: [, , message], ended }) => {
    expect(ended).toEqual({ status: 2, out: '', err: expect.stringMatching(message), left: [] });
    expect(ended?.err).toMatch(/^dinov2: /);
  },
);

test.each(endedEach(VERBS, (verb) => [verb]))('$words without its words is a usage error', ({ ended }) => {
  expect(ended).toMatchObject({ status: 2, out: '' });
  expect(ended?.err).toMatch(/^dinov2: (missing required argument|required option)/);
});

const misspelt: [VerbName, string, RegExp][] = [
  ...VERBS.filter((verb) => WORDS[verb].includes('-m')).map((verb): [VerbName, string, RegExp] => [
    verb,
    '-m',
    /^dinov2: unknown option '--modle'\n\(Did you mean --model\?\)/,
  ]),
  ['similarity', '--at', /^dinov2: unknown option '--modle'/],
  ['verify', '-r', /^dinov2: unknown option '--modle'/],
];

test.each(
  endedEach(misspelt, ([verb, flag]) => [
    verb,
    ...WORDS[verb].map((word) => (word === flag ? '--modle' : word)),
  ]),
)('$words names the flag that there is not', ({ each: [, , message], ended }) => {
  expect(ended).toEqual({ status: 2, out: '', err: expect.stringMatching(message), left: [] });
});

const mistaken: [string[], RegExp][] = [
  [['pca', IMAGE], /^dinov2: required option '-m, --model <model>' not specified/],
  [['similarity', IMAGE, '-m', MODEL], /^dinov2: required option '--at <x,y>' not specified/],
  [['pca', '--modle'], /^dinov2: unknown option '--modle'/],
  [[], /Usage: dinov2/],
  [['paint'], /unknown command 'paint'\n\(a verb comes first, as in: dinov2 embed paint\)/],
  [['clasify'], /unknown command 'clasify'\n\(Did you mean classify\?\)/],
  [['--vresion'], /unknown option '--vresion'\n\(Did you mean --version\?\)/],
  [['convert', MODEL, 'a.onnx', '--to', 'timm'], /--to: expected onnx for a target/],
];

test.each(endedEach(mistaken, ([words]) => words))(
  'dinov2 $words is a usage error',
  ({ each: [, message], ended }) => {
    expect(ended).toMatchObject({ status: 2, out: '', err: expect.stringMatching(message) });
  },
);

const failing: [VerbName, ...string[]][] = [
  ['embed', 'gone.png', '-m', MODEL],
  ['embed', IMAGE, '-m', './gone'],
  ['embed', IMAGE, '-m', MODEL, '-o', 'gone/x.npy'],
  ['classify', 'gone.png', '-m', MODEL],
  ['classify', IMAGE, '-m', MODEL, '--labels', 'gone.txt'],
  ['features', 'gone.png', '-m', MODEL, '-l', '1', '-o', 'x.safetensors'],
  ['verify', '-m', MODEL, '-r', 'gone.safetensors'],
  ['verify', '-m', MODEL, '-r', REFERENCE, '--atol', '0'],
  ['knn', 'gone', '-m', MODEL],
  ['knn', DIGITS, '-m', MODEL],
  ['probe', CLASSES, '-m', MODEL, '-o', MODEL],
  ['evaluate', 'gone.csv', '-m', MODEL],
  ['precision', MODEL, 'gone.png'],
  ['precision', './gone', IMAGE],
  ['compare', MODEL, './gone'],
  ['inspect', './gone'],
  ['convert', './gone', 'x'],
];

test.each(endedEach(failing, (words) => words))('$words fails in the work, with status 1', ({ ended }) => {
  expect(ended?.status).toBe(1);
  expect(ended?.err.trim().split('\n').length).toBeLessThanOrEqual(1);
});

const helps: [VerbName, string, string][] = [
  ['embed', '--output', '--backend'],
  ['classify', '--top-k', '--backend'],
  ['features', '--layers', '--backend'],
  ['verify', '--atol', '--backend'],
  ['probe', '--classifier', '--backend'],
  ['inspect', '--tensors', '--revision'],
];

test.each(endedEach(helps, ([verb]) => [verb, '--help']))(
  '$words has its own options before those that verbs share',
  ({ each: [, own, shared], ended: { out } = { out: '' } }) => {
    expect(out.indexOf(own)).toBeGreaterThan(0);
    expect(out.indexOf(own)).toBeLessThan(out.indexOf('\nWhat the model is:'));
    expect(out.indexOf(own)).toBeLessThan(out.indexOf(shared));
  },
);
