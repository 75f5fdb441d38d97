/** The first answer about a file: how long it is, whether there are ranges of it, and its first bytes. */

import { SourceError } from '../../errors/errors.ts';
import { readBody } from '../read-body.ts';
import { MAX_TEXT_BYTES } from '../repository.ts';
import { WEIGHTS_ENDING } from '../weights-ending.ts';
import { FIRST_PIECE_BYTES } from './pieces.ts';
import type { FileFacts } from './remote-file.ts';
import { type Ask, announcedLength, requireFile, validatorOf } from './requests.ts';

/** Weights of more than this can't be held whole in one array. */
const MAX_WHOLE_BYTES = 2 ** 32;

/** What is known of a file, of which the answer is still to be read, or which is here already. */
export type FirstAnswer =
  | { readonly facts: FileFacts; readonly response: Response; readonly whole?: undefined }
  | { readonly facts: FileFacts; readonly whole: Uint8Array };

/**
 * Asks for the first piece of a file.
 *
 * @returns undefined if there is no such file
 * @throws SourceError
 */
export async function firstAnswer(target: URL, ask: Ask): Promise<FirstAnswer | undefined> {
  const response = await ask(target, { headers: { Range: `bytes=0-${FIRST_PIECE_BYTES - 1}` } });
  const range = response.headers.get('Content-Range') ?? '';
  const isEmpty = response.status === 416 && /\/0$/.test(range);
  if (response.status === 404 || isEmpty) {
    await response.body?.cancel();
    return isEmpty ? here(new Uint8Array(0), response) : undefined;
  }
  await requireFile(target, response);
  if (response.status !== 206) return wholeFile(target, response);
  const total = /^bytes 0-\d+\/(\d+)$/.exec(range)?.[1];
  if (total !== undefined) {
    const facts = { size: Number(total), validator: validatorOf(response), hasRanges: true };
    return { facts, response };
  }
  if (range !== '' && !range.startsWith('bytes 0-')) {
    await response.body?.cancel();
    throw new SourceError(`${target.href}: expected bytes from 0 on, got ${range}`);
  }
  // a page sees this header of another origin only where the server exposes it; what is shorter than asked for is all there is
  const bytes = await readBody(response, target.href, FIRST_PIECE_BYTES);
  if (bytes.length < FIRST_PIECE_BYTES) return here(bytes, response);
  const all = await ask(target, { headers: { Range: 'bytes=0-' } });
  await requireFile(target, all);
  return wholeFile(target, all);
}

/** An answer with all of a file; it is read as it is wanted where its length is known. */
async function wholeFile(target: URL, response: Response): Promise<FirstAnswer> {
  const size = announcedLength(response);
  if (size !== undefined) {
    return { facts: { size, validator: validatorOf(response), hasRanges: false }, response };
  }
  const limit = WEIGHTS_ENDING.test(target.pathname) ? MAX_WHOLE_BYTES : MAX_TEXT_BYTES;
  return here(await readBody(response, target.href, limit), response);
}

function here(whole: Uint8Array, response: Response): FirstAnswer {
  return { facts: { size: whole.length, validator: validatorOf(response), hasRanges: false }, whole };
}
