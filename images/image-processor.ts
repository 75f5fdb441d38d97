/** The image processor: from images of any kind to pixel values. What reads and resizes them is loaded with the first ones. */
import { joined } from '../bytes/joined.ts';
import { OptionError, SourceError } from '../errors/errors.ts';
import { printed } from '../errors/printed.ts';
import { shown } from '../errors/shown.ts';
import { isObject, type JsonObject } from '../options/json-object.ts';
import { requireKnownOptions, sameName } from '../options/known-options.ts';
import { choice, type OptionsOf, pickOptions, readOptions, value } from '../options/rows.ts';
import type { ModelSource } from '../sources/model-source.ts';
import { openRepository } from '../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../sources/repository.ts';
import { ADDRESS_OPTIONS } from './inputs/address.ts';
import type { ImageInput } from './inputs/image-input.ts';
import type { PixelValues } from './pixel-values.ts';
import { PROCESSOR_BACKENDS, type ProcessorBackend } from './processor-backend.ts';
import { DINOV2_PROCESSOR, type ProcessorConfig, processorToJson } from './processor-config.ts';
import { type ProcessorSettings, requireEffect, SETTING_NAMES, withSettings } from './processor-settings.ts';
import type { RawImage } from './raw-image.ts';
import { stackPixelValues } from './stack-pixel-values.ts';

/** Bytes of images of one size. */
export interface Pixels {
  /** row-major [B, H, W, 3] */
  data: Uint8Array;
  shape: readonly [number, number, number, number];
}

/** Which backend a processor follows, and what its settings are. */
export const PROCESSOR_OPTIONS = {
  /** whose arithmetic to follow; default `torchvision`, the default of transformers, or `timm` for settings of timm */
  backend: choice(PROCESSOR_BACKENDS, {
    flag: '--processor <name>',
    help: 'whose image processing to follow (default: torchvision; timm for a repository of timm)',
    refusal: ` must be one of ${PROCESSOR_BACKENDS.join(', ')}`,
  }),
  /** settings that differ from the file's, such as `{ size: 518, cropSize: 518 }` */
  overrides: value<ProcessorSettings>(),
  /** asked for settings where the source has no `preprocessor_config.json`; by default that is an error */
  whenAbsent: value<() => ProcessorConfig>(),
};

/** How a processor is found and which backend it follows. */
export interface ProcessorOptions extends RepositoryOptions, OptionsOf<typeof PROCESSOR_OPTIONS> {}

/** How images of one call are fetched, named and processed. */
export const PREPROCESS_OPTIONS = {
  ...ADDRESS_OPTIONS,
  /** names for error messages, in the order of the images; default: their paths or URLs */
  names: value<readonly string[]>({
    accepts: (names) => Array.isArray(names),
    refusal: ' must be a list',
  }),
};

/** How images of one call are fetched and named; and settings for this call that differ from the processor's. */
export interface PreprocessOptions extends OptionsOf<typeof PREPROCESS_OPTIONS>, ProcessorSettings {}

/**
 * Prepares images as transformers' `BitImageProcessor` does, to the bit, in Node and in browsers alike; and as its other
 * processors and timm's transforms do that take the same steps.
 *
 * No platform code touches the pixels: the same file gives the same values everywhere.
 */
export class BitImageProcessor {
  readonly config: ProcessorConfig;
  readonly backend: ProcessorBackend;

  /**
   * @param settings what differs from the settings of every published DINOv2 model
   * @throws ConfigError if a value can't be used; OptionError if there is no such setting, or no such backend
   */
  constructor(settings: ProcessorSettings = {}, backend: ProcessorBackend = 'torchvision') {
    if (!isObject(settings)) {
      throw new OptionError(
        `new BitImageProcessor: expected settings as an object, got ${shown(settings)}; await BitImageProcessor.fromPretrained(source) reads those of a model`,
      );
    }
    if (!PROCESSOR_BACKENDS.includes(backend)) {
      throw new OptionError(
        `BitImageProcessor: backend must be one of ${PROCESSOR_BACKENDS.join(', ')}, got ${shown(backend)}`,
      );
    }
    this.config = withSettings(DINOV2_PROCESSOR, settings, 'BitImageProcessor');
    this.backend = backend;
  }

  /**
   * Reads the `preprocessor_config.json` of a model, or a `config.json` of timm where there is no such file.
   *
   * @throws SourceError if there is neither; ConfigError if it can't be used; OptionError if there is no such option
   */
  static async fromPretrained(
    source: ModelSource,
    options: ProcessorOptions = {},
  ): Promise<BitImageProcessor> {
    const known = Object.keys({ ...PROCESSOR_OPTIONS, ...REPOSITORY_OPTIONS });
    requireKnownOptions('BitImageProcessor', options, known, (name) => {
      const setting = sameName(name, SETTING_NAMES);
      return setting && `it is a setting: write overrides: { ${setting} }`;
    });
    const read = readOptions('BitImageProcessor', options, PROCESSOR_OPTIONS, REPOSITORY_OPTIONS);
    const repository = await openRepository(source, options);
    const { readProcessorConfig } = await import('./read-processor-config.ts');
    const found = await readProcessorConfig(repository);
    const config = found?.config ?? read.whenAbsent?.();
    if (config === undefined) {
      throw new SourceError(
        `${repository.where}: expected a preprocessor_config.json, got none; use new BitImageProcessor() for DINOv2's settings`,
      );
    }
    // what the first image needs is fetched while its model is loaded; a failure is the business of whoever preprocesses
    Promise.all([import('./process-image.ts'), import('./inputs/image-input.ts')]).catch(() => undefined);
    const { overrides = {} } = read;
    const changed = withSettings(config, overrides, 'overrides');
    requireEffect(changed, overrides, 'overrides');
    return new BitImageProcessor(changed, read.backend ?? found?.backend);
  }

  /** Backend and settings, in one line. */
  toString(): string {
    return printed('BitImageProcessor', { backend: this.backend, ...this.config });
  }

  /** The object in a `preprocessor_config.json` that gives these settings; the backend is not one of them. */
  toJSON(): JsonObject {
    return processorToJson(this.config);
  }

  /**
   * Decodes what is encoded, then resizes, crops, rescales and normalises each image.
   *
   * @param images one image or several; those of one call must come out in one size, which cropping sees to
   * @param options how images are fetched and named, and settings that differ, such as `{ size: 518, cropSize: 518 }`
   * @returns pixel values [B, 3, H, W] outside of TF.js
   * @throws ImageError if an image can't be decoded; SourceError if it can't be had; OptionError if it is none, sizes differ, or there is no such option; ConfigError on a setting that can't be used
   */
  async preprocess(
    images: ImageInput | readonly ImageInput[],
    options: PreprocessOptions = {},
  ): Promise<{ pixelValues: PixelValues }> {
    const { processImage } = await import('./process-image.ts');
    const { parts, height, width } = await this.each(images, options, processImage);
    const each = parts.map(({ data }): PixelValues => ({ data, shape: [1, 3, height, width] }));
    return { pixelValues: stackPixelValues(each) };
  }

  /**
   * Decodes what is encoded, then resizes and crops each image, and leaves its bytes as they are: what models take that
   * were exported with an input of bytes.
   *
   * @param images one image or several; those of one call must come out in one size, which cropping sees to
   * @param options how images are fetched and named, and settings that differ, such as `{ size: 518, cropSize: 518 }`
   * @returns bytes [B, H, W, 3] outside of TF.js
   * @throws ImageError if an image can't be decoded; SourceError if it can't be had; OptionError if it is none, sizes differ, or there is no such option; ConfigError on a setting that can't be used
   */
  async resizeAndCrop(
    images: ImageInput | readonly ImageInput[],
    options: PreprocessOptions = {},
  ): Promise<{ pixels: Pixels }> {
    const { resizeAndCrop } = await import('./process-image.ts');
    const { parts, height, width } = await this.each(images, options, resizeAndCrop);
    const data = joined(parts.map((part) => part.data));
    return { pixels: { data, shape: [parts.length, height, width, 3] } };
  }

  private async each<Part extends { height: number; width: number }>(
    images: ImageInput | readonly ImageInput[],
    options: PreprocessOptions,
    process: (image: RawImage, config: ProcessorConfig, backend: ProcessorBackend, name: string) => Part,
  ): Promise<{ parts: Part[]; height: number; width: number }> {
    const where = 'BitImageProcessor';
    requireKnownOptions(where, options, [...Object.keys(PREPROCESS_OPTIONS), ...SETTING_NAMES]);
    const call = pickOptions(options, PREPROCESS_OPTIONS);
    const { names = [], ...fetching } = readOptions(where, call, PREPROCESS_OPTIONS);
    const settings = settingsAmong(options);
    const config = withSettings(this.config, settings, where);
    requireEffect(config, settings, where);
    const list: readonly ImageInput[] = isList(images) ? images : [images];
    if (list.length === 0) throw new OptionError('BitImageProcessor: expected at least one image, got none');
    const { nameOf, readImage } = await import('./inputs/image-input.ts');
    const parts: Part[] = [];
    for (const [i, image] of list.entries()) {
      const name = names[i] ?? nameOf(image) ?? `image ${i}`;
      parts.push(process(await readImage(image, name, fetching), config, this.backend, name));
    }
    const [{ height, width } = { height: 0, width: 0 }] = parts;
    for (const part of parts) {
      if (part.height !== height || part.width !== width) {
        throw new OptionError(
          `BitImageProcessor: expected images of one size in a batch, got ${height}×${width} and ${part.height}×${part.width}; process them one by one or turn doCenterCrop on`,
        );
      }
    }
    return { parts, height, width };
  }
}

function settingsAmong(options: PreprocessOptions): ProcessorSettings {
  return Object.fromEntries(Object.entries(options).filter(([name]) => SETTING_NAMES.includes(name)));
}

function isList(images: ImageInput | readonly ImageInput[]): images is readonly ImageInput[] {
  return Array.isArray(images);
}

/** HF: `AutoImageProcessor`. Every processor that is supported is a `BitImageProcessor` with other settings. */
export const AutoImageProcessor = {
  /** Reads the settings of a model's processor. */
  fromPretrained(source: ModelSource, options: ProcessorOptions = {}): Promise<BitImageProcessor> {
    return BitImageProcessor.fromPretrained(source, options);
  },
};
