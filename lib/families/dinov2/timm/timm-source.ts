/** A `config.json` of timm as the source of a configuration. */

import type { TimmFile } from '../../../../sources/timm-file.ts';
import type { ConfigSource } from '../../../loading/family-files.ts';
import type { Dinov2Config } from '../dinov2-config.ts';
import { withUsualPositions } from './prefix-positions.ts';
import { timmArguments } from './timm-architectures.ts';
import { argumentsOf, timmConfig } from './timm-config.ts';
import { withTimmHead } from './timm-head.ts';

/** Says what timm's file and the tensors beside it mean, in DINOv2's terms. */
export function timmSource(file: TimmFile): ConfigSource<Dinov2Config> {
  return {
    description: `config.json of timm (${file.architecture})`,
    architectures: [],
    check: () => void argumentsOf(file),
    view(plain) {
      // which of its tensors mean what, nobody knows then
      if (timmArguments(file.architecture) === undefined) return plain;
      const {
        reg_tokens: registers = 0,
        no_embed_class: noEmbedClass,
        global_pool: pool,
      } = argumentsOf(file);
      const said = { registers: Number(registers), noEmbedClass: noEmbedClass === true };
      return withTimmHead(withUsualPositions(plain, said), pool === 'avg' ? 'avg' : 'token');
    },
    resolve: (tensors, _where, fields) => timmConfig(file, tensors, fields),
  };
}
