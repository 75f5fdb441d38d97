/** How models of DINOv2 stand in files: those of transformers, of timm, of the original code, or tensors alone. */
import { isObject } from '../../../options/json-object.ts';
import { isTimmFile, readTimmFile } from '../../../sources/timm-file.ts';
import { HEADS, headOf } from '../../heads/heads.ts';
import type { ConfigSource, FamilyFiles } from '../../loading/family-files.ts';
import { assumptions } from './assumptions.ts';
import { Dinov2Config } from './dinov2-config.ts';
import { CHOSEN_FIELDS, FIELD_NAMES, FLOAT_FIELDS } from './dinov2-fields.ts';
import { inferConfig } from './infer-config.ts';
import { DINOV2_NAMES } from './keys/names.ts';
import { withUsualPositions } from './timm/prefix-positions.ts';
import { timmSource } from './timm/timm-source.ts';

/** For the lists of families and classes. */
export const DINOV2_FILES: FamilyFiles<Dinov2Config> = {
  modelTypes: ['dinov2', 'dinov2_with_registers'],
  names: DINOV2_NAMES,
  chosenFields: CHOSEN_FIELDS,
  fieldNames: FIELD_NAMES,
  floatFields: FLOAT_FIELDS,
  configName: 'Dinov2Config',
  isConfig: (value) => value instanceof Dinov2Config,
  owns: (json) =>
    isTimmFile(json) || (isObject(json) && DINOV2_FILES.modelTypes.includes(String(json.model_type))),
  // of its relatives it alone has a table of positions
  recognises: (names) => [...names].some((name) => /(^|\.)(pos_embed|position_embeddings)$/.test(name)),
  parse: Dinov2Config.fromJSON,
  read: (json, where) =>
    isTimmFile(json)
      ? timmSource(readTimmFile(json, where))
      : configSource(Dinov2Config.fromJSON(json, where), architecturesOf(json)),
  given: (config) => configSource(config),
  inferred: {
    description: 'inferred from the tensors',
    architectures: [],
    view: withUsualPositions,
    resolve(tensors, where, fields) {
      const config = inferConfig(tensors, where, fields);
      const sentence = assumptions(config, where);
      return { config, warnings: sentence === undefined ? [] : [sentence] };
    },
  },
  remedy({ missing, misshapen, unexpected }, { parameters }) {
    const others = misshapen.length + unexpected.length;
    if (others === 0 && String(missing) === 'mask_token') return WITHOUT_MASK_TOKEN;
    if (others === 0 && missing.length > 0 && missing.every((name) => headOf(name) !== undefined))
      return WITHOUT_HEAD;
    if (missing.length + unexpected.length > 0) return undefined;
    return HEADS.map((head) => head.remedy?.(parameters, misshapen)).find((remedy) => remedy !== undefined);
  },
};

const WITHOUT_HEAD =
  'this is a backbone without a head: load it by Dinov2Model or AutoModel, give the file of a classifier by the option head, or set newHead to true, with labels, to train one (on the command line, probe and train do)';

const WITHOUT_MASK_TOKEN =
  'the configuration says that there is a mask token: for weights without one, set use_mask_token to false in config.json, or give fields: { useMaskToken: false }';

function architecturesOf(json: unknown): string[] {
  const names = isObject(json) ? json.architectures : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

/** A configuration as transformers has it. */
function configSource(
  config: Dinov2Config,
  architectures: readonly string[] = [],
): ConfigSource<Dinov2Config> {
  const [h, w] = config.positionGrid;
  return {
    description: 'config.json',
    architectures,
    view: (plain) => withUsualPositions(plain, { patches: h * w }),
    resolve: (_tensors, _where, fields) => ({ config: config.with(fields), warnings: [] }),
  };
}
