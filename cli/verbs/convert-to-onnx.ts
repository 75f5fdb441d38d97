/** `dinov2 convert` with an ONNX model as its target. */
import {
  CONVERT_TO_ONNX_OPTIONS,
  convertToOnnx,
  ONNX_FILE_OPTIONS,
  type OnnxConversion,
  OptionError,
  setDevice,
} from '../../lib/index.ts';
import { valuesOf } from '../flags.ts';
import { listing, megabytes } from '../listing.ts';
import { printable } from '../messages.ts';
import { type ConversionTarget, converting, SHARED_TABLES, TARGET_OPTIONS } from './conversion-target.ts';

/** A file that ends in `.onnx`, or a folder for transformers.js. */
export const ONNX: ConversionTarget = {
  tables: [ONNX_FILE_OPTIONS, CONVERT_TO_ONNX_OPTIONS, ...SHARED_TABLES],
  explain: (help) => `for ONNX: ${help}`,
  refusal: 'for ONNX',
  async convert(source, target, parsed) {
    const own = valuesOf(CONVERT_TO_ONNX_OPTIONS, parsed);
    if (own.outputs !== undefined && (own.outputHiddenStates || own.outputAttentions)) {
      throw new OptionError(
        '--outputs: expected all names in one list, got --hidden-states or --attentions too; name them, as in attentions.0',
      );
    }
    const { imageSize } = valuesOf(TARGET_OPTIONS, parsed);
    // nothing is computed but what constants make: weights need no packing, and are read where they are
    await setDevice('cpu');
    await converting(
      parsed,
      async (options) => ({
        target,
        ...(await convertToOnnx(source, target, {
          ...valuesOf(ONNX_FILE_OPTIONS, parsed),
          ...own,
          ...options,
          imageSize,
        })),
      }),
      describe,
    );
  },
};

function describe({ target, ...done }: OnnxConversion & { target: string }): string {
  const rows: (readonly [string, string])[] = [
    ['model', `${done.architecture}, images of ${done.imageSize.join('×')}`],
    ['inputs', done.inputs.join(', ')],
    ['outputs', done.outputs.join(', ')],
    ['nodes', `${done.nodes}; ${(done.flops / 1e9).toPrecision(3)} GFLOP for an image`],
    ['weights', megabytes(done.bytes)],
    ['files', done.files.join(', ')],
    ...done.warnings.map((text) => ['note', text] as const),
  ];
  return `${listing(rows, 10)}\n${printable(`wrote ${target}`)}`;
}
