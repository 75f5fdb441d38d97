/** The headings under which help lists options that verbs share, behind a verb's own. */
import {
  DEVICE_OPTIONS,
  ONNX_RUNTIME_OPTIONS,
  type option,
  PRECISION_OPTIONS,
  PROCESSOR_OPTIONS,
  REPOSITORY_OPTIONS,
  WEIGHTS_OPTIONS,
} from '../lib/index.ts';
import { BACKEND_OPTIONS, ENGINE_OPTIONS, FIELD_OPTIONS, INTERPOLATION_OPTIONS } from './model-options.ts';

const GROUPS: Readonly<Record<string, readonly option.Table[]>> = {
  'What computes:': [
    BACKEND_OPTIONS,
    DEVICE_OPTIONS,
    PRECISION_OPTIONS,
    ENGINE_OPTIONS,
    ONNX_RUNTIME_OPTIONS,
  ],
  'What the model is:': [WEIGHTS_OPTIONS, FIELD_OPTIONS, INTERPOLATION_OPTIONS, PROCESSOR_OPTIONS],
  'Where its files come from:': [REPOSITORY_OPTIONS],
};

/** Tables in the order of the help, those of the verb itself first, each with its heading. */
export function grouped(tables: readonly option.Table[]): { table: option.Table; heading?: string }[] {
  const shared = Object.entries(GROUPS).flatMap(([heading, group]) =>
    group.filter((table) => tables.includes(table)).map((table) => ({ table, heading })),
  );
  const own = tables.filter((table) => !shared.some((each) => each.table === table));
  return [...own.map((table) => ({ table })), ...shared];
}
