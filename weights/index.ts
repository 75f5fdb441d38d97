/** `dinov2-tfjs/weights`: files of tensors, wherever they are; reading and writing them needs no TF.js. */
export { type ByteSource, memorySource } from '../sources/byte-source.ts';
export type { ModelSource } from '../sources/model-source.ts';
export { openRepository } from '../sources/open-repository.ts';
export type { FilesInMemory, Repository, RepositoryOptions } from '../sources/repository.ts';
export type { Checkpoint, TensorInfo } from './checkpoint.ts';
export type { Dtype } from './dtype.ts';
export { openCheckpoint } from './open-checkpoint.ts';
export { openSafetensors } from './safetensors/open-safetensors.ts';
export { type TensorTotals, tensorTotals } from './tensor-totals.ts';
export { widen } from './widen.ts';
export { type CastDtype, castView } from './write/cast-view.ts';
export { float32ToWrite, safetensorsParts, type TensorToWrite } from './write/encode-safetensors.ts';
export { type ByteSink, type WriteOptions, writeSafetensors } from './write/write-safetensors.ts';
