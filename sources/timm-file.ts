/** The `config.json` of timm, which says of which architecture a model is and how that was changed. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { isObject, type ParsedObject } from '../options/json-object.ts';

/** What a file of timm says, in timm's own names. */
export interface TimmFile {
  /** the file, for error messages */
  readonly where: string;
  /** without the tag behind a point, e.g. `vit_small_patch14_dinov2` */
  readonly architecture: string;
  /** arguments of the model that differ from the architecture's */
  readonly modelArgs: ParsedObject;
  /** what the weights were trained with, and how images are prepared */
  readonly pretrainedCfg: ParsedObject;
  /** names of the classes in their order, where the file has them */
  readonly labelNames: readonly string[] | undefined;
}

/** Whether a parsed `config.json` is of timm; transformers writes such files too, with the model type `timm_wrapper`. */
export function isTimmFile(json: unknown): json is ParsedObject {
  return isObject(json) && 'architecture' in json && [undefined, 'timm_wrapper'].includes(modelType(json));
}

function modelType({ model_type: type }: ParsedObject): string | undefined {
  return type == null ? undefined : String(type);
}

function objectOf(value: unknown, where: string): ParsedObject {
  if (value === undefined || value === null) return {};
  if (isObject(value)) return value;
  return wrongSetting(where, 'an object', value);
}

/** Labels are a list, or an object of numbers and names. */
function labelNames(value: unknown): readonly string[] | undefined {
  const names: unknown[] = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  const isNamed = (name: unknown): name is string => typeof name === 'string';
  return names.length > 0 && names.every(isNamed) ? names : undefined;
}

/**
 * Reads a `config.json` of timm; older ones hold the pretrained configuration alone.
 *
 * Source: timm 1.0.31, `models/_hub.py`, `_parse_model_cfg`.
 *
 * @param json the parsed file, for which `isTimmFile` holds
 * @throws ConfigError if a part of it is of the wrong type
 */
export function readTimmFile(json: ParsedObject, where: string): TimmFile {
  const { architecture } = json;
  if (typeof architecture !== 'string') {
    return wrongSetting(`${where}: architecture`, 'the name of a timm model', architecture);
  }
  const isOld = !('pretrained_cfg' in json);
  const modelArgs = isOld ? {} : objectOf(json.model_args, `${where}: model_args`);
  const trained = isOld ? json : objectOf(json.pretrained_cfg, `${where}: pretrained_cfg`);
  const { num_classes = trained.num_classes } = json;
  const fixed = trained.fixed_input_size === true && modelArgs.dynamic_img_size !== true;
  return {
    where,
    architecture: architecture.split('.', 1)[0] ?? '',
    modelArgs,
    pretrainedCfg: { ...trained, num_classes, ...(fixed && fixedInput(modelArgs.img_size, trained)) },
    labelNames: labelNames(json.label_names ?? trained.label_names ?? trained.labels),
  };
}

/** A model of a fixed size takes images of the size it was built with. */
function fixedInput(imgSize: unknown, { input_size }: ParsedObject): ParsedObject {
  if (imgSize === undefined || imgSize === null || !Array.isArray(input_size)) return {};
  const sides: unknown[] = Array.isArray(imgSize) ? imgSize : [imgSize, imgSize];
  return { input_size: [input_size[0], ...sides] };
}
