/** The configuration of a DINOv2 model. */
import { ConfigError } from '../../../errors/errors.ts';
import { wrongSetting } from '../../../errors/wrong-setting.ts';
import { swigluHiddenDim } from '../../../layers/swiglu-ffn.ts';
import { defaultsOf, fieldsToJson, readFields, snakeCase, valueClass } from '../../../options/field-table.ts';
import { isObject, type JsonObject, type ParsedObject } from '../../../options/json-object.ts';
import { bothAxes } from '../../model/model-config.ts';
import {
  type Dinov2ConfigFields,
  type Dinov2ConfigValues,
  definedFields,
  FIELDS,
  requireKnownFields,
  type UntracedField,
} from './dinov2-fields.ts';
import { printedConfig } from './printed-config.ts';
import { resolveStages, stageNames } from './stages.ts';

function defaultLabels(count: number): Record<number, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [i, `LABEL_${i}`]));
}

/** The fields that are given, the defaults of others, and what follows from them. */
function resolveFields(fields: Dinov2ConfigFields): Dinov2ConfigValues {
  requireKnownFields(fields);
  const given: Dinov2ConfigFields = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value != null),
  );
  const { outFeatures, outIndices, ...all } = { ...defaultsOf(FIELDS), ...given };
  const withRegisters = all.modelType === 'dinov2_with_registers';
  const { hiddenSize, numAttentionHeads } = all;
  if (all.headDim === undefined && hiddenSize % numAttentionHeads !== 0) {
    throw new ConfigError(
      `config: numAttentionHeads must divide hiddenSize, got ${numAttentionHeads} and ${hiddenSize}`,
    );
  }
  const stages = resolveStages(all.numHiddenLayers, outFeatures, outIndices);
  const id2label = all.id2label ?? defaultLabels(all.numLabels ?? 2);
  const numLabels = Object.keys(id2label).length;
  if (all.numLabels !== undefined && all.numLabels !== numLabels) {
    throw new ConfigError(
      `config: numLabels must be the number of labels in id2label, got ${all.numLabels} and ${numLabels}`,
    );
  }
  return {
    ...all,
    headDim: all.headDim ?? hiddenSize / numAttentionHeads,
    patchSize: all.patchSize ?? (withRegisters ? 16 : 14),
    numRegisterTokens: all.numRegisterTokens ?? (withRegisters ? 4 : 0),
    stages,
    id2label,
    numLabels,
  };
}

/**
 * The configuration of a DINOv2 model, with or without registers.
 *
 * HF: `Dinov2Config` and `Dinov2WithRegistersConfig` in one; fields are theirs in camel case.
 * Source: transformers 5.23.0, `configuration_dinov2.py`, `configuration_dinov2_with_registers.py`.
 */
export class Dinov2Config extends valueClass<Dinov2ConfigValues>() {
  /** the fields that no file and no tensor says, and that are as in the published models */
  readonly inferred: readonly UntracedField[];

  /**
   * @param inferred the fields whose values are assumed
   * @throws ConfigError if there is a field that is not known, or fields contradict each other
   */
  constructor(fields: Dinov2ConfigFields = {}, inferred: readonly UntracedField[] = []) {
    super(resolveFields(fields));
    this.inferred = inferred;
    this.validate();
  }

  /**
   * Reads the object in a `config.json`.
   *
   * Keys this library does not know are ignored, as files in the wild carry many.
   *
   * @param json the parsed file
   * @param where its name, for error messages
   * @throws ConfigError naming the key and its value
   */
  static fromJSON(json: unknown, where = 'config.json'): Dinov2Config {
    if (!isObject(json)) wrongSetting(where, 'a JSON object', json);
    if (!('model_type' in json)) {
      const remedy =
        'architecture' in json
          ? 'a file of timm is read beside its weights, as their config.json'
          : 'is this the config.json of a DINOv2 model?';
      throw new ConfigError(`${where}: expected a model_type, got none; ${remedy}`);
    }
    return Dinov2Config.checked(json, where);
  }

  /**
   * Builds a configuration from fields that come from a file, and so may be of any type and size.
   *
   * @param where the file, for error messages
   * @param inferred the fields whose values are assumed
   * @throws ConfigError naming the key and its value
   */
  static fromFields(
    fields: Dinov2ConfigFields,
    where: string,
    inferred: readonly UntracedField[] = [],
  ): Dinov2Config {
    const entries = Object.entries(fields).map(([name, value]) => [snakeCase(name), value]);
    return Dinov2Config.checked(Object.fromEntries(entries), where, inferred);
  }

  private static checked(
    json: ParsedObject,
    where: string,
    inferred: readonly UntracedField[] = [],
  ): Dinov2Config {
    const fields = readFields(FIELDS, json, {}, where);
    try {
      return new Dinov2Config(fields, inferred);
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`${where}: ${error.message}`);
      throw error;
    }
  }

  /** The same configuration with some fields changed; those that are undefined stay. */
  with(changes: Dinov2ConfigFields): Dinov2Config {
    const { stages, numLabels, id2label, inferred, headDim, ...rest } = this;
    const fields = definedFields(changes);
    const isPlain = headDim * this.numAttentionHeads === this.hiddenSize;
    const labels = fields.numLabels === undefined ? { id2label: fields.id2label ?? id2label } : {};
    const outputs = (fields.outFeatures ?? fields.outIndices) ? {} : { outFeatures: stages.outFeatures };
    return new Dinov2Config(
      {
        ...rest,
        ...(!isPlain && { headDim }),
        ...labels,
        ...(fields.numHiddenLayers === undefined && outputs),
        ...fields,
      },
      inferred.filter((name) => !(name in fields)),
    );
  }

  /**
   * The object in a `config.json` that gives this configuration, as transformers' `save_pretrained` writes it.
   *
   * As there, fields that every kind of model has are left out where they have their defaults: the outputs asked for,
   * the problem type, and two labels without names. Fields that transformers' class does not have are there only where
   * they matter. Who or what saved the model is not part of a configuration.
   *
   * Source: transformers 5.23.0, `configuration_utils.py`, `PreTrainedConfig.to_diff_dict`.
   */
  toJSON(): JsonObject {
    const ids = Object.entries(this.id2label);
    const unnamed = ids.length === 2 && ids.every(([id, label]) => label === `LABEL_${id}`);
    const { outFeatures, outIndices } = this.stages;
    return fieldsToJson(
      FIELDS,
      { ...this, outFeatures: [...outFeatures], outIndices: [...outIndices] },
      {
        stage_names: this.stageNames,
        ...(!unnamed && {
          id2label: Object.fromEntries(ids),
          label2id: Object.fromEntries(ids.map(([id, label]) => [label, Number(id)])),
        }),
      },
    );
  }

  /** The sizes, and what else differs from the defaults, in one line; `console.log` shows the same. */
  toString(): string {
    return printedConfig(this);
  }

  /** F, the hidden size of the feed-forward network: of the MLP, or of each half of SwiGLU. */
  get ffnHiddenSize(): number {
    const mlp = Math.trunc(this.hiddenSize * this.mlpRatio);
    return this.useSwigluFfn ? swigluHiddenDim(mlp) : mlp;
  }

  /** The grid [h, w] of patches the position table was trained on. */
  get positionGrid(): readonly [number, number] {
    const [height, width] = bothAxes(this.imageSize);
    const [patchHeight, patchWidth] = bothAxes(this.patchSize);
    return [Math.floor(height / patchHeight), Math.floor(width / patchWidth)];
  }

  /** `stem`, `stage1`, … `stage{L}`. */
  get stageNames(): string[] {
    return stageNames(this.numHiddenLayers);
  }

  private validate(): void {
    const [h, w] = this.positionGrid;
    if (h < 1 || w < 1) {
      throw new ConfigError(
        `config: imageSize must hold at least one patch, got ${this.imageSize} and patchSize ${this.patchSize}`,
      );
    }
    const { numHiddenLayers, numClassifierLayers: read } = this;
    if (!Number.isSafeInteger(read) || read < 1 || read > Math.max(1, numHiddenLayers)) {
      throw new ConfigError(
        `config: numClassifierLayers must be from 1 to the ${numHiddenLayers} of numHiddenLayers, got ${read}`,
      );
    }
  }
}
