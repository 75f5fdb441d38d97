/** One file on a server, fetched in runs of pieces. */
import { SourceError } from '../../errors/errors.ts';
import { BrokenOffError, cutBody, type Part } from './cut-body.ts';
import { pieceCount, pieceLength, pieceStart } from './pieces.ts';
import { type Ask, SilentError, validatorOf } from './requests.ts';

/** How often a run goes on where it broke off without a piece having arrived. */
const ATTEMPTS = 3;
const FIRST_WAIT_MS = 200;

/** What is known of a file. */
export interface FileFacts {
  /** bytes in all */
  readonly size: number;
  /** what its version is told by: an ETag, or the time of its last change */
  readonly validator: string | undefined;
  /** whether the server gives ranges of it */
  readonly hasRanges: boolean;
}

/** An answer that is being cut. */
interface Stream {
  /** the piece that comes next */
  at: number;
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
}

/** One file on a server. */
export class RemoteFile {
  readonly facts: FileFacts;
  private readonly target: URL;
  private readonly ask: Ask;
  private readonly onBytes: (count: number) => void;
  private readonly stop = new AbortController();
  /** an answer of which nothing is read yet */
  private begun: Response | undefined;
  /** of a server without ranges: its one answer, which goes on where it was left */
  private whole: Stream | undefined;

  /**
   * @param begun the answer with the first piece, or, of a server without ranges, the whole file
   * @param onBytes told how many more bytes are here; negative where a broken connection lost some
   */
  constructor(target: URL, facts: FileFacts, ask: Ask, onBytes: (count: number) => void, begun?: Response) {
    this.target = target;
    this.facts = facts;
    this.ask = ask;
    this.onBytes = onBytes;
    this.begun = begun;
  }

  /**
   * Fetches pieces that stand one behind another, in one request; in another one from where that broke off.
   *
   * @param to the piece behind the last
   * @throws SourceError if they can't be had, or are of another version of the file
   */
  async *run(from: number, to: number): AsyncGenerator<Uint8Array, void, undefined> {
    let part: Part | undefined;
    for (let [next, failures] = [from, 0]; next < to; ) {
      let stream: Stream | undefined;
      try {
        stream = await this.open(next, to, part);
        while (next < to) {
          const { value } = await stream.pieces.next();
          if (value === undefined) break;
          if (stream.at++ < next) continue;
          next++;
          failures = 0;
          part = undefined;
          yield value;
        }
      } catch (error) {
        this.whole = undefined;
        const before = part?.filled ?? 0;
        if (error instanceof BrokenOffError) part = this.kept(error.part);
        // less than was asked for is no failure, as long as there is something
        const isProgress = error instanceof BrokenOffError && error.isEnd && (part?.filled ?? 0) > before;
        const isPassing = error instanceof BrokenOffError || error instanceof SilentError;
        if (this.stop.signal.aborted || !isPassing || (!isProgress && ++failures === ATTEMPTS)) {
          this.onBytes(-(part?.filled ?? 0));
          throw error;
        }
        if (!isProgress) {
          await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (failures - 1)));
        }
      } finally {
        if (stream !== this.whole) await stream?.pieces.return();
      }
    }
  }

  /** What another request need not fetch again; nothing where it begins with the file. */
  private kept(part: Part): Part | undefined {
    if (this.facts.hasRanges && part.filled > 0) return part;
    this.onBytes(-part.filled);
    return undefined;
  }

  /** Ends what is underway. */
  close(): void {
    this.stop.abort();
    this.begun?.body?.cancel().catch(() => undefined);
    this.begun = undefined;
  }

  /** An answer that has a piece, or what is missing of it, and those behind it. */
  private async open(from: number, to: number, part: Part | undefined): Promise<Stream> {
    const { size, hasRanges } = this.facts;
    if (this.whole !== undefined && this.whole.at <= from) return this.whole;
    const begun = from === 0 || !hasRanges ? this.begun : undefined;
    if (begun !== undefined) this.begun = undefined;
    const start = hasRanges ? from : 0;
    const end = !hasRanges ? pieceCount(size) : begun === undefined ? to : 1;
    const first = pieceStart(start) + (part?.filled ?? 0);
    const response = begun ?? (await this.askRange(first, Math.min(size, pieceStart(end)) - 1));
    const lengths = Array.from({ length: end - start }, (_, i) => pieceLength(start + i, size));
    const { signal } = this.stop;
    const stream = {
      at: start,
      pieces: cutBody(response, this.target.href, lengths, signal, this.onBytes, part),
    };
    if (!hasRanges) this.whole = stream;
    return stream;
  }

  private async askRange(first: number, last: number): Promise<Response> {
    const range = this.facts.hasRanges ? `bytes=${first}-${last}` : 'bytes=0-';
    const { signal } = this.stop;
    const response = await this.ask(this.target, { headers: { Range: range }, signal });
    try {
      this.requireRange(response, first, last);
    } catch (error) {
      await response.body?.cancel();
      throw error;
    }
    return response;
  }

  /** What is fetched in several requests is to be of one version of the file. */
  private requireRange(response: Response, first: number, last: number): void {
    const { size, validator, hasRanges } = this.facts;
    const range = response.headers.get('Content-Range');
    const expected = `${this.target.href}: expected ${last + 1 - first} bytes at ${first}`;
    const now = validatorOf(response);
    const total = /\/(\d+)$/.exec(range ?? '')?.[1];
    const isOther = validator !== undefined && now !== undefined && now !== validator;
    if (response.ok && (isOther || (total !== undefined && Number(total) !== size))) {
      throw new SourceError(
        `${expected} of the file as it was (${validator ?? 'of no version'}, ${size} bytes), got another (${now ?? 'of no version'}, ${total ?? size} bytes); it was changed meanwhile: load it again`,
      );
    }
    if (!hasRanges && response.ok) return;
    if (response.status !== 206 || !range?.startsWith(`bytes ${first}-`)) {
      const got = response.status === 206 ? (range ?? 'no Content-Range') : `status ${response.status}`;
      throw new SourceError(`${expected}, got ${got}`);
    }
  }
}
