/** The verbs of the command. Each is loaded when it is named: the program's own help and version need none of them. */
import type { Command } from 'commander';

/** A verb before it is loaded. */
export interface Verb {
  readonly name: string;
  /** what the program's help says of it, and its own */
  readonly description: string;
  /** whether it is about all verbs, and needs them loaded */
  readonly needsAll?: boolean;
  load(): Promise<Command>;
}

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: 'embed',
    description: 'one vector for each image; a line of JSON each, or a file',
    load: async () => (await import('./verbs/embed.ts')).embedCommand(),
  },
  {
    name: 'classify',
    description: 'the labels of each image, best first; a line each',
    load: async () => (await import('./verbs/classify.ts')).classifyCommand(),
  },
  {
    name: 'train',
    description: 'a classifier on labelled images: its head, some blocks or all of it',
    load: async () => (await import('./verbs/train.ts')).trainCommand(),
  },
  {
    name: 'features',
    description: 'hidden states and attentions of one image, in a safetensors file',
    load: async () => (await import('./verbs/features.ts')).featuresCommand(),
  },
  {
    name: 'attention',
    description: 'where a token of the model looks in images, by layer and head, in colours',
    load: async () => (await import('./verbs/attention.ts')).attentionCommand(),
  },
  {
    name: 'pca',
    description: 'images in the colours of the principal components of their features',
    load: async () => (await import('./verbs/pca.ts')).pcaCommand(),
  },
  {
    name: 'segments',
    description: 'parts of images that the model sees as alike, without labels',
    load: async () => (await import('./verbs/segments.ts')).segmentsCommand(),
  },
  {
    name: 'norms',
    description: 'how long the features of patches are, and which outlie',
    load: async () => (await import('./verbs/norms.ts')).normsCommand(),
  },
  {
    name: 'similarity',
    description: 'how like a place of one image every place of others is, in colours',
    load: async () => (await import('./verbs/similarity.ts')).similarityCommand(),
  },
  {
    name: 'match',
    description: 'which places of two images show the same, with lines between them',
    load: async () => (await import('./verbs/match.ts')).matchCommand(),
  },
  {
    name: 'knn',
    description: 'how well the nearest labelled images say what an image is; nothing is trained',
    load: async () => (await import('./verbs/knn.ts')).knnCommand(),
  },
  {
    name: 'probe',
    description: 'fits a head to labelled images, and saves a model with it',
    load: async () => (await import('./verbs/probe.ts')).probeCommand(),
  },
  {
    name: 'evaluate',
    description: 'how good a classifier is on labelled images, class by class',
    load: async () => (await import('./verbs/evaluate.ts')).evaluateCommand(),
  },
  {
    name: 'precision',
    description: 'what 16- and 8-bit weights cost a model, and what they gain',
    load: async () => (await import('./verbs/precision.ts')).precisionCommand(),
  },
  {
    name: 'verify',
    description: 'compares a model with reference outputs, tensor by tensor',
    load: async () => (await import('./verbs/verify.ts')).verifyCommand(),
  },
  {
    name: 'compare',
    description: 'compares two checkpoints, whosever names they have, tensor by tensor',
    load: async () => (await import('./verbs/compare.ts')).compareCommand(),
  },
  {
    name: 'inspect',
    description: 'architecture, parameters, dtypes, names and memory of a checkpoint',
    load: async () => (await import('./verbs/inspect.ts')).inspectCommand(),
  },
  {
    name: 'convert',
    description: 'weights of any system into safetensors of any system, or an ONNX model',
    load: async () => (await import('./verbs/convert.ts')).convertCommand(),
  },
  {
    name: 'completion',
    description: 'the script by which a shell completes what is typed',
    needsAll: true,
    load: async () => (await import('./verbs/completion.ts')).completionCommand(),
  },
];
