/** The configuration of a DINOv2 model. */
import { ConfigError } from '../../../../errors/errors.ts';
import { shown } from '../../../../errors/shown.ts';
import { swigluHiddenDim } from '../../../../layers/swiglu-ffn.ts';
import type { ActivationName } from '../../../../ops/activations.ts';
import type { JsonObject } from '../../../../options/json-object.ts';
import { bothAxes, type ImageSize, type ProblemType } from '../../../model/model-config.ts';
import { camelCase, READERS, requireKnownFields } from './config-readers.ts';
import { configToJson } from './config-to-json.ts';
import {
  type Dinov2ConfigFields,
  type Dinov2ModelType,
  definedFields,
  type PositionInterpolation,
  type UntracedField,
} from './dinov2-config-fields.ts';
import { resolveStages, type Stages, stageNames } from './stages.ts';

function defaultLabels(count: number): Record<number, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [i, `LABEL_${i}`]));
}

/**
 * The configuration of a DINOv2 model, with or without registers.
 *
 * HF: `Dinov2Config` and `Dinov2WithRegistersConfig` in one; fields are theirs in camel case.
 * Source: transformers 5.23.0, `configuration_dinov2.py`, `configuration_dinov2_with_registers.py`.
 */
export class Dinov2Config {
  readonly modelType: Dinov2ModelType;
  readonly hiddenSize: number;
  readonly numHiddenLayers: number;
  readonly numAttentionHeads: number;
  /** the size of a head, K */
  readonly headDim: number;
  readonly mlpRatio: number;
  readonly hiddenAct: ActivationName;
  readonly hiddenDropoutProb: number;
  readonly attentionProbsDropoutProb: number;
  readonly initializerRange: number;
  readonly layerNormEps: number;
  readonly imageSize: ImageSize;
  readonly patchSize: ImageSize;
  readonly numChannels: number;
  readonly qkvBias: boolean;
  readonly layerscaleValue: number;
  readonly dropPathRate: number;
  readonly useSwigluFfn: boolean;
  readonly numRegisterTokens: number;
  readonly applyLayernorm: boolean;
  readonly reshapeHiddenStates: boolean;
  readonly useMaskToken: boolean;
  readonly stages: Stages;
  readonly numLabels: number;
  readonly id2label: Readonly<Record<number, string>>;
  /** n, the layers whose CLS token a classifier reads */
  readonly numClassifierLayers: number;
  readonly problemType: ProblemType | undefined;
  readonly outputHiddenStates: boolean;
  readonly outputAttentions: boolean;
  readonly positionInterpolation: PositionInterpolation;
  /** the fields that no file and no tensor says, and that are as in the published models */
  readonly inferred: readonly UntracedField[];

  /**
   * @param inferred the fields whose values are assumed
   * @throws ConfigError if there is a field that is not known, or fields contradict each other
   */
  constructor(fields: Dinov2ConfigFields = {}, inferred: readonly UntracedField[] = []) {
    requireKnownFields(fields);
    const withRegisters = fields.modelType === 'dinov2_with_registers';
    this.modelType = fields.modelType ?? 'dinov2';
    this.hiddenSize = fields.hiddenSize ?? 768;
    this.numHiddenLayers = fields.numHiddenLayers ?? 12;
    this.numAttentionHeads = fields.numAttentionHeads ?? 12;
    if (fields.headDim === undefined && this.hiddenSize % this.numAttentionHeads !== 0) {
      throw new ConfigError(
        `config: numAttentionHeads must divide hiddenSize, got ${this.numAttentionHeads} and ${this.hiddenSize}`,
      );
    }
    this.headDim = fields.headDim ?? this.hiddenSize / this.numAttentionHeads;
    this.mlpRatio = fields.mlpRatio ?? 4;
    this.hiddenAct = fields.hiddenAct ?? 'gelu';
    this.hiddenDropoutProb = fields.hiddenDropoutProb ?? 0;
    this.attentionProbsDropoutProb = fields.attentionProbsDropoutProb ?? 0;
    this.initializerRange = fields.initializerRange ?? 0.02;
    this.layerNormEps = fields.layerNormEps ?? 1e-6;
    this.imageSize = fields.imageSize ?? 224;
    this.patchSize = fields.patchSize ?? (withRegisters ? 16 : 14);
    this.numChannels = fields.numChannels ?? 3;
    this.qkvBias = fields.qkvBias ?? true;
    this.layerscaleValue = fields.layerscaleValue ?? 1;
    this.dropPathRate = fields.dropPathRate ?? 0;
    this.useSwigluFfn = fields.useSwigluFfn ?? false;
    this.numRegisterTokens = fields.numRegisterTokens ?? (withRegisters ? 4 : 0);
    this.applyLayernorm = fields.applyLayernorm ?? true;
    this.reshapeHiddenStates = fields.reshapeHiddenStates ?? true;
    this.useMaskToken = fields.useMaskToken ?? true;
    this.stages = resolveStages(this.numHiddenLayers, fields.outFeatures, fields.outIndices);
    this.id2label = fields.id2label ?? defaultLabels(fields.numLabels ?? 2);
    this.numLabels = Object.keys(this.id2label).length;
    if (fields.numLabels !== undefined && fields.numLabels !== this.numLabels) {
      throw new ConfigError(
        `config: numLabels must be the number of labels in id2label, got ${fields.numLabels} and ${this.numLabels}`,
      );
    }
    this.numClassifierLayers = fields.numClassifierLayers ?? 1;
    this.problemType = fields.problemType;
    this.outputHiddenStates = fields.outputHiddenStates ?? false;
    this.outputAttentions = fields.outputAttentions ?? false;
    this.positionInterpolation = fields.positionInterpolation ?? 'hf';
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
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      throw new ConfigError(`${where}: expected a JSON object, got ${shown(json)}`);
    }
    if (!('model_type' in json)) {
      const remedy =
        'architecture' in json
          ? 'a file of timm is read beside its weights, as their config.json'
          : 'is this the config.json of a DINOv2 model?';
      throw new ConfigError(`${where}: expected a model_type, got none; ${remedy}`);
    }
    const values = new Map<string, unknown>(Object.entries(json));
    return Dinov2Config.checked((key) => values.get(key), where);
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
    const values = new Map<string, unknown>(Object.entries(fields));
    return Dinov2Config.checked((key) => values.get(camelCase(key)), where, inferred);
  }

  private static checked(
    fieldOf: (key: string) => unknown,
    where: string,
    inferred: readonly UntracedField[] = [],
  ): Dinov2Config {
    const fields: Record<string, unknown> = {};
    for (const [key, read] of Object.entries(READERS)) {
      const value = fieldOf(key) ?? undefined;
      if (value !== undefined) fields[camelCase(key)] = read(value, `${where}: ${key}`);
    }
    try {
      return new Dinov2Config(fields, inferred);
    } catch (error) {
      if (error instanceof ConfigError) throw new ConfigError(`${where}: ${error.message}`);
      throw error;
    }
  }

  /** The same configuration with some fields changed; those that are undefined stay. */
  with(changes: Dinov2ConfigFields): Dinov2Config {
    const { stages, numLabels, id2label, problemType, inferred, headDim, ...rest } = this;
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
        ...(problemType && { problemType }),
        ...fields,
      },
      inferred.filter((name) => !(name in fields)),
    );
  }

  /** The object in a `config.json` that gives this configuration; the fields are those of transformers. */
  toJSON(): JsonObject {
    return configToJson(this);
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
