/** `dinov2 convert` with files of any system as its target. */
import { CONVERT_OPTIONS, type Conversion, convert, KEY_SCHEME_DESCRIPTIONS } from '../../lib/index.ts';
import { valuesOf } from '../flags.ts';
import { counts, listing, megabytes } from '../listing.ts';
import { printable } from '../messages.ts';
import { type ConversionTarget, converting, SHARED_TABLES, TARGET_OPTIONS } from './conversion-target.ts';

/** Files of weights, and what stands beside them. */
export const FILES: ConversionTarget = {
  tables: [CONVERT_OPTIONS, ...SHARED_TABLES],
  explain: (help) => `${help}; not for ONNX`,
  refusal: 'but for ONNX: a target that ends in .onnx, or --to onnx',
  convert(source, target, parsed) {
    const own = valuesOf(CONVERT_OPTIONS, parsed);
    const [imageSize] = valuesOf(TARGET_OPTIONS, parsed).imageSize ?? [];
    return converting(
      parsed,
      async ({ fields, ...options }) => ({
        target,
        ...(await convert(source, target, {
          ...own,
          ...options,
          fields: { ...fields, ...(imageSize && { imageSize }) },
        })),
      }),
      (done) => describe(done, own.dryRun),
    );
  },
};

function describe({ target, config, ...done }: Conversion & { target: string }, dryRun: boolean): string {
  const inferred = done.configInferred ? '; inferred from the tensors' : '';
  const rows: (readonly [string, string])[] = [
    ['names', `${KEY_SCHEME_DESCRIPTIONS[done.from]} → ${KEY_SCHEME_DESCRIPTIONS[done.to]}`],
    [
      'model',
      `${config.modelType}, ${config.numHiddenLayers} blocks, ${config.hiddenSize} wide, ${config.numAttentionHeads} heads${inferred}`,
    ],
    ['tensors', `${done.tensors} (${counts(done.dtypes)}), ${megabytes(done.bytes)}`],
    ['files', done.files.join(', ')],
    ...done.lost.map(({ name, why }) => ['lost', `${name}: ${why}`] as const),
    ...done.added.map(({ name, why }) => ['added', `${name}: ${why}`] as const),
    ...(done.leftOut.length > 0 ? [['left out', `${done.leftOut.length} tensors of training`] as const] : []),
    ...done.overflowed.map(({ name, values }) => {
      return ['overflow', `${name}: ${values} values became infinite`] as const;
    }),
    ...done.warnings.map((text) => ['note', text] as const),
  ];
  return `${listing(rows, 10)}\n${printable(`${dryRun ? 'would write' : 'wrote'} ${target}`)}`;
}
