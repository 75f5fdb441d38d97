/** Putting new adapters on a model. */
import { OptionError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { readOptions } from '../../../options/rows.ts';
import { TorchGenerator } from '../../../random/torch-generator.ts';
import type { AnyModel } from '../../families/families.ts';
import { headOf } from '../../heads/heads.ts';
import { LoraAdapters } from './lora-adapters.ts';
import { type LoraModule, loraModules } from './lora-modules.ts';
import { LORA_OPTIONS, type LoraOptions } from './lora-options.ts';

const USUAL = ['q_proj', 'v_proj'];

/**
 * Puts low-rank adapters on linear layers of a model, and makes them and the head, unless it has one, what is trained; everything else stays frozen.
 *
 * The model computes as before, as every B is zero. The matrices A are those of peft 0.21 after `torch.manual_seed(seed)`.
 * Source: Hu et al., LoRA, arXiv:2106.09685.
 *
 * @param model on TF.js; its linear weights may be rounded
 * @returns the adapters, which are freed with the model, or by `remove` or `merge`
 * @throws OptionError if there is no such layer, or the model has adapters already
 */
export function addLora(model: AnyModel, options: LoraOptions = {}): LoraAdapters {
  const { r, alpha, rslora, targets = USUAL, seed = 0 } = readOptions('addLora', options, LORA_OPTIONS);
  const random = new TorchGenerator(seed);
  const modules = targetModules(model, targets);
  const adapters = modules.map((module) => {
    const [, K] = module.layer.weight.shape;
    // peft makes both matrices as linear layers, whose values it replaces by these
    const bound = 1 / Math.sqrt(K);
    for (let i = 0; i < r * (K + module.outputs); i++) random.rand();
    const a = Float32Array.from({ length: r * K }, () => random.uniform(-bound, bound));
    return { module, r, alpha, a, b: new Float32Array(module.outputs * r) };
  });
  const head = [...model.parameters.keys()].filter((name) => headOf(name) !== undefined);
  const isAdapted = modules.some(({ weight }) => head.includes(weight));
  return new LoraAdapters(model, adapters, isAdapted ? [] : head, {
    r,
    alpha,
    rslora,
    dropout: 0,
    alphaPattern: {},
  });
}

/** The modules that targets stand for. */
function targetModules(model: AnyModel, targets: readonly string[] | 'all-linear'): LoraModule[] {
  const modules = loraModules(model);
  if (targets === 'all-linear') return modules.filter(({ weight }) => headOf(weight) === undefined);
  if (!Array.isArray(targets)) {
    throw new OptionError(`addLora: targets must be names of modules or all-linear, got ${shown(targets)}`);
  }
  const unknown = targets.find((target) => !modules.some((module) => isNamed(module, target)));
  if (unknown !== undefined || targets.length === 0) {
    const ends = new Set(modules.map(({ path }) => path.slice(path.lastIndexOf('.') + 1)));
    throw new OptionError(
      `addLora: targets: expected ends of the names of modules, such as ${[...ends].join(', ')}, got ${shown(unknown ?? targets)}`,
    );
  }
  return modules.filter((module) => targets.some((target) => isNamed(module, target)));
}

/** Whether a name of a module is a target, or ends in it. */
function isNamed({ path, aliases }: LoraModule, target: string): boolean {
  return [path, ...aliases].some((name) => name === target || name.endsWith(`.${target}`));
}
