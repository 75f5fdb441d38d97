/** Places on the Hub as people write them: ids, page addresses, `hf://` addresses. */
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { escapedPath } from '../escaped-path.ts';
import { WEIGHTS_ENDING } from '../weights-ending.ts';

/** The address of the Hub. */
export const HUB = 'https://huggingface.co';

/** A place on the Hub. */
export interface HubAddress {
  /** owner and name of a repository of models */
  readonly id: string;
  /** the branch, tag or commit that the address names */
  readonly revision: string | undefined;
  /** the folder in it, without slashes around it; empty for the whole repository */
  readonly folder: string;
  /** the file in that folder that is to be taken as the weights */
  readonly file: string | undefined;
}

/**
 * The address at which the Hub, or its mirror, gives a file.
 *
 * @param file its path in the repository; that of a folder has a slash at its end, and the whole repository is empty
 */
export function hubFileUrl(
  { endpoint, id, revision }: { endpoint: string; id: string; revision: string },
  file: string,
): URL {
  return new URL(`${endpoint}/${id}/resolve/${encodeURIComponent(revision)}/${escapedPath(file)}`);
}

const ID = /^\w[\w.-]*\/\w[\w.-]*$/;

/** Pages that show a file, or give it, and those that list a folder. */
const FILE_PAGES = new Set(['blob', 'raw', 'blame']);
const PAGES = new Set([...FILE_PAGES, 'resolve', 'tree']);

/** What else the Hub has at the place of an owner. */
const OTHER_KINDS = new Set(['datasets', 'spaces', 'kernels', 'buckets']);

/** Revisions with slashes that need not be escaped. */
const SPECIAL_REVISION = /^refs\/(?:convert\/[\w.-]+|pr\/\d+)(?=\/|$)/;

/**
 * Reads an address: `owner/name`, `owner/name@revision`, `hf://owner/name@revision/path`, or that of a page, such as
 * `https://huggingface.co/owner/name/tree/main`, `hf.co/owner/name/blob/main/model.safetensors`.
 *
 * Source: huggingface_hub 2.4, `utils/_hf_uris.py`.
 *
 * @param endpoint the Hub's own address or that of its mirror; pages below it are understood too
 * @returns undefined if it is none of these
 * @throws SourceError if it is on the Hub, and no repository of models, folder or file of weights
 */
export function hubAddress(source: string, endpoint = HUB): HubAddress | undefined {
  const page = pathOfPage(source, endpoint);
  if (page !== undefined) return pageAddress(source, page);
  if (/^hf:\/\//i.test(source)) {
    const [owner = '', named = '', ...path] = withoutKind(source, source.slice('hf://'.length).split('/'));
    const at = named.indexOf('@');
    if (at === -1) return placed(source, `${owner}/${named}`, undefined, path, 'resolve');
    const { revision, rest } = splitRevision([named.slice(at + 1), ...path]);
    return placed(source, `${owner}/${named.slice(0, at)}`, revision, rest, 'resolve');
  }
  const [, id = '', revision] = /^([^@]+?)\/?(?:@(.+))?$/.exec(source) ?? [];
  return ID.test(id) && !WEIGHTS_ENDING.test(source)
    ? { id, revision, folder: '', file: undefined }
    : undefined;
}

/** The segments below the Hub's address; undefined if it is another one. */
function pathOfPage(source: string, endpoint: string): string[] | undefined {
  const [plain = ''] = source.split(/[?#]/);
  const below = plain.startsWith(`${endpoint}/`)
    ? plain.slice(endpoint.length)
    : /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)(\/.*)?$/i.exec(plain);
  if (below === null) return undefined;
  return (typeof below === 'string' ? below : (below[1] ?? '')).split('/').slice(1);
}

function pageAddress(source: string, segments: readonly string[]): HubAddress {
  const [owner = '', name = '', action = 'tree', ...rest] = withoutKind(source, segments);
  if (!PAGES.has(action) && action !== '') {
    throw refused(source, `a page of another kind, ${shown(action)}`);
  }
  const { revision, rest: path } = splitRevision(rest);
  return placed(source, `${owner}/${name}`, revision, path, action);
}

function withoutKind(source: string, segments: readonly string[]): readonly string[] {
  const [kind = ''] = segments;
  if (OTHER_KINDS.has(kind)) throw refused(source, `one of ${kind}`);
  return kind === 'models' && segments.length > 2 ? segments.slice(1) : segments;
}

/** The revision that segments begin with; slashes in its name are escaped. */
function splitRevision(segments: readonly string[]): {
  revision: string | undefined;
  rest: readonly string[];
} {
  const special = SPECIAL_REVISION.exec(segments.join('/'))?.[0];
  const length = special?.split('/').length ?? 1;
  const revision = special ?? segments[0];
  return { revision: revision ? decoded(revision) : undefined, rest: segments.slice(length) };
}

function placed(
  source: string,
  id: string,
  revision: string | undefined,
  path: readonly string[],
  action: string,
): HubAddress {
  if (!ID.test(id)) throw refused(source, shown(id));
  const parts = path.map(decoded).filter((part) => part !== '');
  if (parts.some((part) => /^\.\.?$|[/\\\0]/.test(part))) throw refused(source, shown(parts.join('/')));
  const last = parts.at(-1);
  const isWeights = last !== undefined && (WEIGHTS_ENDING.test(last) || last.endsWith('.onnx'));
  const isFile = last !== undefined && action !== 'tree' && (isWeights || FILE_PAGES.has(action));
  if (isFile && !isWeights) throw refused(source, `the file ${last}, which holds no weights`);
  return {
    id,
    revision,
    folder: parts.slice(0, isFile ? -1 : undefined).join('/'),
    file: isFile ? last : undefined,
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // a % that escapes nothing
    return segment;
  }
}

function refused(source: string, got: string): SourceError {
  return new SourceError(
    `${source}: expected a repository of models on the Hub, or a folder or file of weights in one, got ${got}; write owner/name, or copy the address of its page`,
  );
}
