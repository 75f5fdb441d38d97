/** The samples in the documentation, and what they need to run here. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, with a slash behind it. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  ...readdirSync(`${ROOT}docs`)
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

/** The fenced samples of a language in all documents, with where they stand. */
export function samples(language: string): { where: string; text: string }[] {
  return DOCUMENTS.flatMap((document) => {
    const text = readFileSync(ROOT + document, 'utf8');
    return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((found) => ({
      where: `${document}:${text.slice(0, found.index).split('\n').length}`,
      text: found[1] ?? '',
    }));
  });
}

/** Labelled images as a reader may have them: the example digits, but fewer of each class, as many take long to learn from. */
const CLASSES = mkdtempSync(join(tmpdir(), 'dinov2-classes-'));
for (const split of ['train', 'test']) {
  const from = join(ROOT, 'examples/pictures/digit-classes', split);
  for (const label of readdirSync(from)) {
    for (const image of readdirSync(join(from, label)).slice(0, 4))
      cpSync(join(from, label, image), join(CLASSES, split, label, image));
  }
}
afterAll(() => rmSync(CLASSES, { recursive: true, force: true }));

/** What stands in the samples, and what the repository has in its place. */
const STAND_INS: readonly [RegExp, string][] = [
  [/node_modules\/dinov2-tfjs\//g, ROOT],
  [/facebook\/[\w-]+/g, `${ROOT}models/digits`],
  [/(?<![\w/])photos\//g, `${ROOT}examples/pictures/digits/`],
  [/(?<![\w/])(my-images|birds)\//g, `${CLASSES}/`],
  [/(?<=--model )(my-(classifier|birds)|fine-tuned)/g, `${ROOT}models/digits`],
  [/dinov2_vitb14_pretrain\.safetensors/g, `${ROOT}models/digits`],
  [/dinov2_vits14_pretrain\.pth/g, `${ROOT}conformance/fixtures/models/linear-4`],
  [
    /--head (?!mean|all|\d)\S+/g,
    `--head ${ROOT}conformance/fixtures/models/linear-4/linear_head.safetensors`,
  ],
  [/ --labels imagenet-1k/g, ''],
  [/\b518\b/g, '48'],
  [/dinov2_vitb14_pretrain\.pth|teacher_checkpoint\.pth/g, `${ROOT}models/digits`],
  [/cat\.jpg/g, `${ROOT}examples/pictures/photos/chelsea.jpg`],
  [/dog\.jpg/g, `${ROOT}examples/pictures/photos/astronaut.jpg`],
  [/--layers \S+/g, '--layers 1,2'],
  [/ --execution-provider( cuda| cpu)+/g, ''],
  [/--outputs \S+/g, '--outputs logits'],
  [/--reference reference\.safetensors/g, `--reference ${ROOT}conformance/fixtures/digits.safetensors`],
];

/** A sample in which all that a reader has is replaced by what is in the repository. */
export const withStandIns = (text: string): string =>
  STAND_INS.reduce((replaced, [what, by]) => replaced.replace(what, by), text);

/** ONNX Runtime's WebAssembly build is installed, in place of the native one that samples speak of. */
export const ON_WEB = new URL('../../cli/testing/onnxruntime.mjs?web', import.meta.url).href;

/** Such a sample runs on `ON_WEB`, which takes longer to load than all the rest: others do without. */
export const speaksOfRuntime = (text: string): boolean => /onnx/i.test(text);

/** Runs something in an empty folder that goes away. */
export function inEmptyFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'dinov2-docs-'));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
