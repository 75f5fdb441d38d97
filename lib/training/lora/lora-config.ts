/** `adapter_config.json`, as peft has it. */
import { ConfigError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { isObject, type JsonObject, type ParsedObject } from '../../../options/json-object.ts';
import { pythonJson } from '../../../weights/write/python-json.ts';

/** What adapters have in common, and what single ones have otherwise. */
export interface LoraConfig {
  readonly r: number;
  readonly alpha: number;
  /** whether an adapter is multiplied by α / √r, not α / r */
  readonly rslora: boolean;
  /** of the input of adapters while peft trains them; only kept for it */
  readonly dropout: number;
  /** regular expressions for the ends of modules' names, and the α of these */
  readonly alphaPattern: Readonly<Record<string, number>>;
}

/** What an adapter's product is multiplied by. Source: peft 0.21, `LoraLayer.update_layer`. */
export function loraScale(alpha: number, r: number, rslora: boolean): number {
  return alpha / (rslora ? Math.sqrt(r) : r);
}

/** α of a module. Source: peft 0.21, `get_pattern_key`. */
export function alphaOf({ alpha, alphaPattern }: LoraConfig, path: string): number {
  const found = Object.keys(alphaPattern).find((pattern) => new RegExp(`^(.*\\.)?(${pattern})$`).test(path));
  return found === undefined ? alpha : (alphaPattern[found] ?? alpha);
}

/** Fields that make of an adapter something else than x Aᵀ Bᵀ beside a linear layer, and what they are then. */
const FOREIGN: Readonly<Record<string, (value: unknown) => boolean>> = {
  use_dora: Boolean,
  use_qalora: Boolean,
  use_bdlora: Boolean,
  lora_bias: Boolean,
  fan_in_fan_out: Boolean,
  layer_replication: Boolean,
  alora_invocation_tokens: Boolean,
  target_parameters: (value) => Array.isArray(value) && value.length > 0,
  bias: (value) => value !== undefined && value !== 'none',
};

/**
 * Reads the text of peft's file, once it is parsed.
 *
 * @throws ConfigError naming what can't be used
 */
export function parseLoraConfig(json: unknown, where: string): LoraConfig {
  if (!isObject(json) || json.peft_type !== 'LORA') {
    const got = isObject(json) ? `peft_type ${shown(json.peft_type)}` : shown(json);
    throw new ConfigError(`${where}: expected adapters with peft_type LORA, got ${got}`);
  }
  for (const [field, isForeign] of Object.entries(FOREIGN)) {
    if (!isForeign(json[field])) continue;
    throw new ConfigError(
      `${where}: expected plain low-rank adapters, got ${field} ${shown(json[field])}; merge them in Python`,
    );
  }
  return {
    r: numberOf(json, 'r', 8, where),
    alpha: numberOf(json, 'lora_alpha', 8, where),
    rslora: json.use_rslora === true,
    dropout: numberOf(json, 'lora_dropout', 0, where),
    alphaPattern: numbersOf(json, 'alpha_pattern', where),
  };
}

function numberOf(json: ParsedObject, field: string, absent: number, where: string): number {
  const value = json[field] ?? absent;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new ConfigError(`${where}: ${field}: expected a number, got ${shown(value)}`);
}

function numbersOf(json: ParsedObject, field: string, where: string): Record<string, number> {
  const value = json[field] ?? {};
  if (!isObject(value)) throw new ConfigError(`${where}: ${field}: expected an object, got ${shown(value)}`);
  return Object.fromEntries(
    Object.keys(value).map((key) => [key, numberOf(value, key, 0, `${where}: ${field}`)]),
  );
}

/** What is written of adapters beside their values. */
export interface LoraFileFacts extends Omit<LoraConfig, 'alphaPattern'> {
  /** ends of modules' names */
  readonly targets: readonly string[];
  /** names of modules that are saved whole */
  readonly saved: readonly string[];
  /** of the modules that have others than most */
  readonly alphas: Readonly<Record<string, number>>;
  readonly ranks: Readonly<Record<string, number>>;
}

/** The text of the file, with the fields that matter; peft fills in the others. */
export function loraConfigFile(facts: LoraFileFacts): string {
  const json: JsonObject = {
    alpha_pattern: facts.alphas,
    auto_mapping: null,
    base_model_name_or_path: null,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: facts.alpha,
    lora_dropout: facts.dropout,
    modules_to_save: facts.saved.length > 0 ? facts.saved : null,
    peft_type: 'LORA',
    r: facts.r,
    rank_pattern: facts.ranks,
    target_modules: facts.targets,
    task_type: null,
    use_dora: false,
    use_rslora: facts.rslora,
  };
  return pythonJson(json, { floats: ['lora_dropout'] });
}
