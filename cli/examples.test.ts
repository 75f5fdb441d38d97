/** The examples of every help text do what they say, in the folder of a user who has the files that they name. */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { memorySource } from '../sources/byte-source.ts';
import { COMMIT } from '../sources/testing/hub-server.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { MODELS, tensorsOf } from '../weights/testing/checkpoints.ts';
import { torchStateDict } from '../weights/testing/torch-file.ts';
import { float32ToWrite } from '../weights/write/encode-safetensors.ts';
import {
  COMMAND,
  DIGITS,
  dinov2,
  dinov2Each,
  dinov2EachBeside,
  type Ended,
  ended,
  folder,
  MODEL,
} from './testing/command.ts';

/** Verbs in an order in which each finds what the examples of those before it wrote. */
const VERBS = [
  ...[
    'convert',
    'compare',
    'inspect',
    'features',
    'attention',
    'pca',
    'segments',
    'norms',
    'similarity',
    'match',
  ],
  ...['verify', 'precision'],
  ...['knn', 'probe', 'train', 'evaluate', 'classify', 'embed', 'completion'],
];
/** A backbone of one block whose configuration can be inferred; a head has its CLS and the mean of its patches. */
const BACKBONE = `${MODELS}head-size-64`;
const HEAD_FEATURES = 128 * 2;
const LABELS = 1000;

let hub: Server;

/** A Hub whose classifiers are all that of digits, and whose other models are one backbone. */
function answer(url: string): Uint8Array | undefined {
  const [, id = '', file = ''] = /^\/(?:store\/)?(\w+\/[\w-]+)\/resolve\/\w+\/(.+)$/.exec(url) ?? [];
  const model = id.includes('imagenet1k') ? MODEL : BACKBONE;
  return readdirSync(model).includes(file) ? readFileSync(join(model, file)) : undefined;
}

beforeAll(async () => {
  hub = createServer(({ url = '', method }, response) => {
    const bytes = answer(url);
    response.setHeader('X-Repo-Commit', COMMIT);
    if (bytes === undefined) response.writeHead(404, { 'X-Error-Code': 'EntryNotFound' }).end();
    else {
      response.writeHead(200, { ETag: `"${url.replace(/\W/g, '')}"`, 'Content-Length': bytes.length });
      response.end(method === 'HEAD' ? undefined : bytes);
    }
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));

  mkdirSync(join(folder, 'bin'));
  symlinkSync(COMMAND, join(folder, 'bin', 'dinov2'));
  mkdirSync(join(folder, 'photos'));
  mkdirSync(join(folder, 'frames'));
  mkdirSync(join(folder, '.zfunc'));
  mkdirSync(join(folder, '.config', 'fish', 'completions'), { recursive: true });
  copyFileSync(`${DIGITS}/two.png`, join(folder, 'cat.jpg'));
  copyFileSync(`${DIGITS}/one.png`, join(folder, 'photos', 'one.jpg'));
  copyFileSync(`${DIGITS}/three.png`, join(folder, 'frames', '001.png'));
  expect(dinov2('convert', BACKBONE, 'original.safetensors', '--to', 'original').status).toBe(0);
  const bytes = new Uint8Array(readFileSync(join(folder, 'original.safetensors')));
  const tensors = await tensorsOf(await openSafetensors(memorySource(bytes), 'original'));
  writeFileSync(join(folder, 'dinov2_vits14_pretrain.pth'), torchStateDict(tensors));
  const head = [
    float32ToWrite('weight', [LABELS, HEAD_FEATURES], new Float32Array(LABELS * HEAD_FEATURES)),
    float32ToWrite('bias', [LABELS], new Float32Array(LABELS)),
  ];
  writeFileSync(join(folder, 'dinov2_vits14_linear4_head.pth'), torchStateDict(head));
});

afterAll(() => hub.close());

/** What only a shell knows: lines with it run in one of their own, after the others of their verb. */
const SHELL = /[^\w ./,=:-]/;

/** The words of a line without it, behind the name of the command. */
function wordsOf(line: string): string[] {
  const [command, ...words] = line.split(/ +/);
  expect(command).toBe('dinov2');
  return words;
}

const helps = dinov2Each(VERBS.map((verb) => [verb, '--help']));
const helpOf = (verb: string): string => helps[VERBS.indexOf(verb)]?.out ?? '';

test.each(VERBS)('the examples of %s', async (verb) => {
  const env = {
    ...process.env,
    HOME: folder,
    HF_ENDPOINT: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    HF_HUB_CACHE: join(folder, 'cache'),
    PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
  };
  const examples = [...helpOf(verb).matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
  expect(examples.length).toBeGreaterThan(1);
  expect(examples[0]).toMatch(new RegExp(`^dinov2 ${verb} `));
  const plain = examples.filter((line) => !SHELL.test(line));
  const ends: Ended[] = plain.length === 0 ? [] : await dinov2EachBeside(plain.map(wordsOf), env);
  expect(ends).toHaveLength(plain.length);
  const others = examples.filter((line) => SHELL.test(line));
  for (const line of others) ends.push(await ended(spawn('bash', ['-c', line], { cwd: folder, env })));
  for (const [i, line] of [...plain, ...others].entries()) {
    const { status, out, err } = ends[i] ?? { status: null, out: '', err: '' };
    expect({ line, status, err: status === 0 ? '' : err }).toEqual({ line, status: 0, err: '' });
    if (!/ (-o|--output|>>?) /.test(line)) expect(out).not.toBe('');
  }
});

test('every verb is among them', () => {
  const inHelp = [...dinov2('--help').out.matchAll(/^ {2}(\w+) {2,}/gm)].map(([, name]) => name);
  expect(inHelp.filter((name) => name !== 'help').sort()).toEqual([...VERBS].sort());
});

test('what the examples take of the package is in it', () => {
  const { files } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(files).toEqual(
    expect.arrayContaining(['models/digits', 'examples/pictures/digits', 'examples/pictures/digit-classes']),
  );
  expect(helpOf('classify')).toMatch(/classify \S*examples\/pictures\/digits --model \S*models\/digits /);
});
