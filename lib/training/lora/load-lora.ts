/** Putting adapters of files on a model. */
import { type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import { FormatError, SourceError } from '../../../errors/errors.ts';
import { listed } from '../../../errors/listed.ts';
import { assign } from '../../../ops/assign.ts';
import { isLinearWeight, repack } from '../../../ops/repack.ts';
import { readOptions } from '../../../options/rows.ts';
import { elementCount } from '../../../shapes/element-count.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { openRepository } from '../../../sources/open-repository.ts';
import { readJson } from '../../../sources/read-json.ts';
import { REPOSITORY_OPTIONS, type Repository, type RepositoryOptions } from '../../../sources/repository.ts';
import type { Checkpoint, TensorInfo } from '../../../weights/checkpoint.ts';
import { namedPlaces } from '../../../weights/key-schemes/named-places.ts';
import { ownName } from '../../../weights/key-schemes/plain-names.ts';
import { openWeightsFile } from '../../../weights/weights-file.ts';
import { widen } from '../../../weights/widen.ts';
import type { AnyModel } from '../../families/families.ts';
import { headOf } from '../../heads/heads.ts';
import { type AdapterValues, LoraAdapters } from './lora-adapters.ts';
import { alphaOf, type LoraConfig, parseLoraConfig } from './lora-config.ts';
import { LORA_CONFIG_FILE, LORA_PREFIX, LORA_WEIGHTS_FILE } from './lora-files.ts';
import { type LoraModule, loraModules, namesOf } from './lora-modules.ts';

/** The same as torch.save writes it. */
const TORCH_FILE = 'adapter_model.bin';

/** Names that an error lists. */
const LISTED = 5;

/**
 * Puts adapters that peft or `saveLora` wrote on a model, and gives it the head that was trained with them; they can be trained further.
 *
 * @param model on TF.js, the one that they were trained on; its linear weights may be rounded
 * @param source a folder, a Hub id, a URL, or files in memory
 * @returns the adapters, which are freed with the model, or by `remove` or `merge`
 * @throws SourceError, ConfigError if they are no plain low-rank adapters; FormatError listing what has no place in the model;
 *   OptionError if it has adapters already; the model stays as it was then
 */
export async function loadLora(
  model: AnyModel,
  source: ModelSource,
  options: RepositoryOptions = {},
): Promise<LoraAdapters> {
  readOptions('loadLora', options, REPOSITORY_OPTIONS);
  const repository = await openRepository(source, options);
  const json = await readJson(repository, LORA_CONFIG_FILE);
  if (json === undefined) {
    throw new SourceError(`${repository.where}: expected ${LORA_CONFIG_FILE}, got no such file`);
  }
  const config = parseLoraConfig(json.json, json.where);
  const file = await openAdapterWeights(repository);
  try {
    const { matrices, head } = sorted(file, model);
    const values: AdapterValues[] = [];
    for (const pair of matrices) values.push(...(await readPair(file, pair, config)));
    const weights: [Tensor, string, Float32Array][] = [];
    for (const [ours, info] of head) {
      weights.push([model.parameters.get(ours) as Tensor, ours, await valuesOf(file, info)]);
    }
    const adapters = new LoraAdapters(model, values, [...head.keys()], config);
    for (const [parameter, ours, given] of weights) await giveValues(parameter, ours, given);
    return adapters;
  } finally {
    await file.close();
  }
}

async function openAdapterWeights(repository: Repository): Promise<Checkpoint> {
  for (const name of [LORA_WEIGHTS_FILE, TORCH_FILE]) {
    const source = await repository.open(name);
    if (source !== undefined) return openWeightsFile(source, `${repository.where}/${name}`);
  }
  throw new SourceError(`${repository.where}: expected ${LORA_WEIGHTS_FILE} or ${TORCH_FILE}, got neither`);
}

/** The matrices of a module, which stands for two of ours where gate and up of SwiGLU are one. */
interface Pair {
  readonly modules: readonly LoraModule[];
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** Finds the place of every tensor. */
function sorted(
  { where, tensors }: Checkpoint,
  model: AnyModel,
): { matrices: Pair[]; head: Map<string, TensorInfo> } {
  const family = namesOf(model);
  const modules = loraModules(model);
  const matrices: Pair[] = [];
  const head = new Map<string, TensorInfo>();
  const lost: string[] = [];
  for (const [name, info] of tensors) {
    const plain = name.replace(LORA_PREFIX, '').replace(/\.(modules_to_save\.)?default\./, '.');
    const [, path, matrix] = /^(.+)\.lora_(A|B)\.weight$/.exec(plain) ?? [];
    if (path === undefined) {
      const ours = namedPlaces(plain, family).find((place) => headOf(place.ours))?.ours ?? '';
      if (model.parameters.get(ours)?.size === elementCount(info.shape)) head.set(ours, info);
      else lost.push(name);
      continue;
    }
    if (matrix === 'B') continue;
    const b = tensors.get(name.replace('.lora_A.', '.lora_B.'));
    const own = ownName(path, family);
    const found = modules.filter(({ aliases }) => aliases.includes(own));
    if (b !== undefined && fits(found, info.shape, b.shape)) matrices.push({ modules: found, a: info, b });
    else lost.push(name);
  }
  if (lost.length === 0 && matrices.length > 0) return { matrices, head };
  throw new FormatError(
    `${where}: expected adapters of linear layers of ${model.architecture}, and its head, got ${listed(lost, LISTED) || 'none'} without a place of that shape`,
  );
}

function fits(modules: readonly LoraModule[], a: readonly number[], b: readonly number[]): boolean {
  const outputs = modules.reduce((sum, module) => sum + module.outputs, 0);
  const [first] = modules;
  return first !== undefined && String([a[1], ...b]) === String([first.layer.weight.shape[1], outputs, a[0]]);
}

async function readPair(
  file: Checkpoint,
  { modules, a, b }: Pair,
  config: LoraConfig,
): Promise<AdapterValues[]> {
  const [r = 0] = a.shape;
  const down = await valuesOf(file, a);
  const up = await valuesOf(file, b);
  let row = 0;
  return modules.map((module) => {
    const rows = up.slice(row * r, (row + module.outputs) * r);
    row += module.outputs;
    return { module, r, alpha: alphaOf(config, module.path), a: down, b: rows };
  });
}

async function valuesOf(file: Checkpoint, { name, dtype }: TensorInfo): Promise<Float32Array> {
  return widen(await file.read(name), dtype);
}

async function giveValues(parameter: Tensor, ours: string, values: Float32Array): Promise<void> {
  const given = tensor(values, parameter.shape);
  assign(parameter, given);
  given.dispose();
  if (isLinearWeight(ours, parameter)) await repack(parameter as Tensor2D);
}
