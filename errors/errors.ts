/**
 * The errors of this library. Every message has the form `where: expectation, got value; remedy`: a place,
 * what was expected there, what was found, and, where there is one, what to do about it.
 */

/** Characters of a message; names and reasons that come from files may have millions. */
const LONGEST = 8000;

/** Base class of every error this library throws on purpose. */
export class Dinov2Error extends Error {
  override name = 'Dinov2Error';

  constructor(message: string, options?: ErrorOptions) {
    super(message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message, options);
  }
}

/** A bad `config.json`, `preprocessor_config.json` or value in a configuration built in code. */
export class ConfigError extends Dinov2Error {
  override name = 'ConfigError';
}

/** An option or argument of a call that can't be used: unknown, of the wrong type, or out of range. */
export class OptionError extends Dinov2Error {
  override name = 'OptionError';
}

/** An input tensor of the wrong shape or dtype. */
export class ShapeError extends Dinov2Error {
  override name = 'ShapeError';
}

/** A weights file that can't be read: truncated, malformed, hostile, or of an unknown kind. */
export class FormatError extends Dinov2Error {
  override name = 'FormatError';
}

/** A file or repository that can't be had: missing, forbidden, unreachable, or of the wrong length. */
export class SourceError extends Dinov2Error {
  override name = 'SourceError';
}

/** An encoded image that can't be read, or a raw one that can't be used. */
export class ImageError extends Dinov2Error {
  override name = 'ImageError';
}

/** Images or labels that can't be learnt from: a folder without classes, a label that is none of them. */
export class DatasetError extends Dinov2Error {
  override name = 'DatasetError';
}

/** A program that can't be traced, or a graph that can't be exported. */
export class TraceError extends Dinov2Error {
  override name = 'TraceError';
}

/** A backend or engine that is absent or can't be used. */
export class DeviceError extends Dinov2Error {
  override name = 'DeviceError';
}

/** A training that can't go on, as when its loss is no number. */
export class TrainingError extends Dinov2Error {
  override name = 'TrainingError';
}

/** One tensor whose shape in the checkpoint is not the one the model needs. */
export interface MismatchedTensor {
  name: string;
  expected: readonly number[];
  actual: readonly number[];
}

/** How a checkpoint and a model disagree; all of it, not the first finding. */
export interface WeightsDisagreement {
  missing: readonly string[];
  unexpected: readonly string[];
  mismatched: readonly MismatchedTensor[];
}

const LISTED = 20;

function describeDisagreement({ missing, unexpected, mismatched }: WeightsDisagreement): string {
  const counts = [
    missing.length > 0 ? `${missing.length} missing` : '',
    unexpected.length > 0 ? `${unexpected.length} unexpected` : '',
    mismatched.length > 0 ? `${mismatched.length} misshapen` : '',
  ].filter((part) => part !== '');
  const entries = [
    ...missing.map((name) => `${name} (missing)`),
    ...mismatched.map(
      ({ name, expected, actual }) =>
        `${name} (expected [${expected.join(', ')}], got [${actual.join(', ')}])`,
    ),
    ...unexpected.map((name) => `${name} (unexpected)`),
  ];
  const rest = entries.length > LISTED ? `; and ${entries.length - LISTED} more` : '';
  return `${counts.join(', ')}: ${entries.slice(0, LISTED).join('; ')}${rest}`;
}

/** A checkpoint whose tensors are not the ones the configuration asks for. */
export class WeightsError extends Dinov2Error implements WeightsDisagreement {
  override name = 'WeightsError';
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly MismatchedTensor[];

  /**
   * @param where the checkpoint, as the user named it
   * @param disagreement every tensor that is missing, unexpected or misshapen
   * @param remedy what to do about it, where that is known
   */
  constructor(where: string, disagreement: WeightsDisagreement, remedy?: string) {
    super(
      `${where}: expected the tensors of the configuration, got ${describeDisagreement(disagreement)}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
    this.missing = disagreement.missing;
    this.unexpected = disagreement.unexpected;
    this.mismatched = disagreement.mismatched;
  }
}
