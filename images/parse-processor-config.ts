/** Reading a `preprocessor_config.json`. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { booleanField } from '../options/field-readers.ts';
import { readFields } from '../options/field-table.ts';
import { isObject } from '../options/json-object.ts';
import { processorDefaults } from './processor-classes.ts';
import { PROCESSOR_FIELDS, type ProcessorConfig } from './processor-config.ts';
import { sizeOfLength } from './processor-sizes.ts';

/**
 * Reads a `preprocessor_config.json`; what is absent is as in the class that the file names. Keys that transformers passes
 * over are passed over. What only a step that is switched off would need may be anything.
 *
 * @param json the parsed file
 * @param where its name, for error messages
 * @throws ConfigError if it is of a class that does something else, or a value can't be used
 */
export function parseProcessorConfig(json: unknown, where: string): ProcessorConfig {
  if (!isObject(json)) return wrongSetting(where, 'a JSON object', json);
  const type = json.image_processor_type ?? json.feature_extractor_type;
  const { defaultToSquare, ...defaults } = processorDefaults(type, where);
  for (const key of ['do_pad', 'use_square_size']) {
    if (json[key] === true) return wrongSetting(`${where}: ${key}`, 'false, as no DINOv2 model has it', true);
  }
  const isSquare = booleanField(json.default_to_square ?? defaultToSquare, `${where}: default_to_square`);
  const sized = { ...json, size: sizeOfLength(json.size, isSquare) };
  const config = readFields(PROCESSOR_FIELDS, sized, defaults, where);
  if (config.doCenterCrop && !defaults.doCenterCrop && json.crop_size == null) {
    const expected = 'the size to crop to, for which its class has no default';
    return wrongSetting(`${where}: crop_size`, expected, json.crop_size);
  }
  return config;
}
