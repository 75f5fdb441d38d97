/** Settings of a processor as callers write them, over those that it has. */
import { OptionError } from '../errors/errors.ts';
import { snakeCase } from '../options/field-table.ts';
import { isObject } from '../options/json-object.ts';
import { requireKnownOptions } from '../options/known-options.ts';
import { PROCESSOR_FIELDS, type ProcessorConfig } from './processor-config.ts';
import { sizeOfLength, sizeToJson } from './processor-sizes.ts';
import type { ImageSize, SizeRule } from './target-size.ts';

/** What a size may be written as: a number is the shorter side, as in transformers' class. */
type Size =
  | SizeRule
  | number
  | readonly [height: number, width: number]
  | ImageSize
  | { shortestEdge: number; longestEdge?: number }
  | { maxHeight: number; maxWidth: number };

/** Those that have one form alone. */
type PlainSettings = {
  [Name in Exclude<keyof ProcessorConfig, 'size' | 'cropSize' | 'resample'>]?:
    | ProcessorConfig[Name]
    | undefined;
};

/** Settings that differ. */
export interface ProcessorSettings extends PlainSettings {
  /** what an image is resized to: pixels of its shorter side, [height, width], or an object of lengths */
  size?: Size | undefined;
  /** what is cut out of the middle: pixels of both sides, [height, width] or { height, width } */
  cropSize?: number | readonly [height: number, width: number] | ImageSize | undefined;
  /** the filter, as `PIL.Image.Resampling` numbers it, or its name, such as `bicubic` */
  resample?: number | string | undefined;
}

/** Their names. */
export const SETTING_NAMES: readonly string[] = Object.keys(PROCESSOR_FIELDS);

/** The steps without which a setting does nothing. */
const STEPS = [
  ['size', 'doResize'],
  ['cropSize', 'doCenterCrop'],
  ['imageMean', 'doNormalize'],
  ['imageStd', 'doNormalize'],
  ['rescaleFactor', 'doRescale'],
] as const;

/**
 * The settings with some changed; those that are undefined stay.
 *
 * @param where the call, for error messages
 * @throws OptionError if there is no such setting; ConfigError naming the one whose value can't be used
 */
export function withSettings(
  config: ProcessorConfig,
  changes: ProcessorSettings,
  where: string,
): ProcessorConfig {
  requireKnownOptions(where, changes, SETTING_NAMES);
  const changed = Object.entries(changes).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const { read } = PROCESSOR_FIELDS[name as keyof ProcessorConfig];
    return [[name, read(name === 'size' ? sizeAsInJson(value) : value, `${where}: ${name}`)]];
  });
  return { ...config, ...Object.fromEntries(changed) };
}

/**
 * Refuses settings of steps that are switched off, which would do nothing without a word.
 *
 * @throws OptionError naming the step
 */
export function requireEffect(config: ProcessorConfig, changes: ProcessorSettings, where: string): void {
  for (const [name, step] of STEPS) {
    if (changes[name] === undefined || config[step]) continue;
    throw new OptionError(
      `${where}: ${name}: expected ${step} to be true, got false, so that it would do nothing; give ${step}: true with it`,
    );
  }
}

/** A size with the names of a file. */
function sizeAsInJson(value: unknown): unknown {
  if (!isObject(value)) return sizeOfLength(value, false);
  if ('kind' in value) return sizeToJson(value as unknown as SizeRule);
  return Object.fromEntries(Object.entries(value).map(([name, length]) => [snakeCase(name), length]));
}
