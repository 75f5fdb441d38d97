/** The configuration of a model that has none, from its tensors. */
import { ConfigError } from '../../../errors/errors.ts';
import type { TensorShapes } from '../../heads/head.ts';
import { HEADS } from '../../heads/heads.ts';
import { Dinov2Config } from './dinov2-config.ts';
import { type Dinov2ConfigFields, definedFields, type UntracedField } from './dinov2-fields.ts';
import { publishedHeads } from './published-heads.ts';

/** The size of a head in the published models of DINOv2, and in most that are made like them. */
const HEAD_SIZE = 64;

function cannotInfer(where: string, field: string, expected: string, got: string): never {
  throw new ConfigError(
    `${where}: ${field}: expected ${expected} to infer it from, got ${got}; add a config.json, or give ${field} among the fields of the configuration${field === 'numAttentionHeads' ? ', --num-attention-heads on the command line' : ''}`,
  );
}

function shown(shape: readonly number[] | undefined): string {
  return shape === undefined ? 'none' : `[${shape.join(', ')}]`;
}

function inferWidth(tensors: TensorShapes, where: string): number {
  const shape = tensors.get('cls_token')?.shape;
  const width = shape?.at(-1);
  return width === undefined || width < 1
    ? cannotInfer(where, 'hiddenSize', 'a cls_token [1, 1, D]', shown(shape))
    : width;
}

function inferDepth(tensors: TensorShapes, where: string): number {
  const blocks = new Set<number>();
  for (const name of tensors.keys()) {
    const block = /^blocks\.(\d+)\./.exec(name)?.[1];
    if (block !== undefined) blocks.add(Number(block));
  }
  for (let i = 0; i < blocks.size; i++) {
    if (!blocks.has(i)) {
      cannotInfer(
        where,
        'numHiddenLayers',
        'blocks numbered from 0 on',
        `${blocks.size} without number ${i}`,
      );
    }
  }
  return blocks.size;
}

/** A, and K where it is not D/A. */
function inferHeads(
  tensors: TensorShapes,
  width: number,
  where: string,
  given: Dinov2ConfigFields,
): Pick<Dinov2ConfigFields, 'numAttentionHeads' | 'headDim'> {
  const rows = tensors.get('blocks.0.attn.qkv.weight')?.shape[0];
  const inner = rows !== undefined && rows % 3 === 0 ? rows / 3 : width;
  const published = inner === width && given.headDim === undefined ? publishedHeads(width) : undefined;
  const numAttentionHeads = given.numAttentionHeads ?? published ?? inner / (given.headDim ?? HEAD_SIZE);
  if (!Number.isInteger(numAttentionHeads) || numAttentionHeads < 1) {
    cannotInfer(
      where,
      'numAttentionHeads',
      `heads of the published size ${HEAD_SIZE}`,
      `a width of ${inner}`,
    );
  }
  const headDim = inner / numAttentionHeads;
  return { numAttentionHeads, ...(headDim !== width / numAttentionHeads && { headDim }) };
}

/** A ratio that gives the network's hidden size, rounding and all; a plain number if one does. */
function inferMlpRatio(width: number, hidden: number, useSwigluFfn: boolean, where: string): number {
  // SwiGLU is two thirds as wide as the MLP whose ratio it has, up to a multiple of 8
  const exact = (useSwigluFfn ? hidden * 1.5 : hidden) / width;
  const candidates = [
    Math.floor(exact),
    Math.round(exact),
    Math.round(exact * 2) / 2,
    exact,
    exact + 0.5 / width,
  ];
  const fits = (mlpRatio: number): boolean =>
    new Dinov2Config({ hiddenSize: width, numAttentionHeads: 1, mlpRatio, useSwigluFfn }).ffnHiddenSize ===
    hidden;
  return (
    candidates.find(fits) ??
    cannotInfer(where, 'mlpRatio', 'a hidden size that is a multiple of 8, as of SwiGLU', String(hidden))
  );
}

function inferFfn(
  tensors: TensorShapes,
  width: number,
  where: string,
  given: Dinov2ConfigFields,
): Dinov2ConfigFields {
  const halves = tensors.get('blocks.0.mlp.w12.weight')?.shape[0];
  const hidden = tensors.get('blocks.0.mlp.fc1.weight')?.shape[0];
  const useSwigluFfn = halves !== undefined;
  const size = useSwigluFfn ? halves / 2 : hidden;
  // without blocks there is no network to have a size
  if (size === undefined || given.mlpRatio !== undefined) return { useSwigluFfn };
  return { useSwigluFfn, mlpRatio: inferMlpRatio(width, size, useSwigluFfn, where) };
}

function inferImage(tensors: TensorShapes, where: string, given: Dinov2ConfigFields): Dinov2ConfigFields {
  const kernel = tensors.get('patch_embed.proj.weight')?.shape;
  const [, numChannels = 0, height = 0, width = 0] = kernel ?? [];
  if (kernel?.length !== 4) {
    cannotInfer(where, 'patchSize', 'a patch_embed.proj.weight [D, C, p, p]', shown(kernel));
  }
  const patchSize = height === width ? height : ([height, width] as const);
  if (given.imageSize !== undefined) return { numChannels, patchSize };
  const positions = tensors.get('pos_embed')?.shape;
  const side = Math.sqrt((positions?.[1] ?? 0) - 1);
  if (!Number.isInteger(side) || side < 1) {
    cannotInfer(where, 'imageSize', 'a pos_embed [1, 1 + n², D] of a square grid', shown(positions));
  }
  const imageSize = height === width ? side * height : ([side * height, side * width] as const);
  return { numChannels, patchSize, imageSize };
}

/** The fields of which tensors keep no trace, unless they are given. */
function untraced(given: Dinov2ConfigFields, { useSwigluFfn }: Dinov2ConfigFields): UntracedField[] {
  const fields: UntracedField[] = ['numAttentionHeads', 'hiddenAct', 'layerNormEps', 'imageSize'];
  return fields.filter((field) => {
    if (field === 'numAttentionHeads' && given.headDim !== undefined) return false;
    // SwiGLU always has SiLU
    if (field === 'hiddenAct' && useSwigluFfn) return false;
    return given[field] === undefined;
  });
}

/**
 * Infers a configuration: width, depth, feed-forward network, registers, patches, channels, biases, mask token, labels and
 * the layers a head reads.
 *
 * What leaves no trace in tensors is as in the published models, and named in `inferred` of the configuration: the
 * number of heads, which is theirs where one is as wide and else that of heads of 64; GELU; 1e-6 in layer norms; a trained
 * size of a square grid.
 *
 * @param tensors under our names; of the values nothing is read
 * @param where the checkpoint as the user named it
 * @param known fields that are known; they need not be inferred
 * @throws ConfigError naming the field that can't be inferred, or that is out of range
 */
export function inferConfig(
  tensors: TensorShapes,
  where: string,
  known: Dinov2ConfigFields = {},
): Dinov2Config {
  const given = definedFields(known);
  const width = inferWidth(tensors, where);
  const registers = tensors.get('register_tokens')?.shape.at(1) ?? 0;
  const inferred: Dinov2ConfigFields = {
    modelType: registers > 0 ? 'dinov2_with_registers' : 'dinov2',
    hiddenSize: width,
    numHiddenLayers: inferDepth(tensors, where),
    ...inferHeads(tensors, width, where, given),
    ...inferFfn(tensors, width, where, given),
    ...inferImage(tensors, where, given),
    qkvBias: !tensors.has('blocks.0.attn.qkv.weight') || tensors.has('blocks.0.attn.qkv.bias'),
    useMaskToken: tensors.has('mask_token'),
    numRegisterTokens: registers,
    ...Object.assign({}, ...HEADS.map((head) => head.infer(tensors, width))),
  };
  return Dinov2Config.fromFields({ ...inferred, ...given }, where, untraced(given, inferred));
}
