/** Settings of the Hub that Python's client shares: endpoint, token, offline, cache folder. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { RepositoryOptions } from '../repository.ts';
import { expandHome, expandPath } from './expand-path-node.ts';
import { HUB } from './hub-address.ts';

/** What a caller may choose; the environment decides the rest. */
type HubOptions = Pick<RepositoryOptions, 'cacheDir' | 'token' | 'offline'>;

/** The settings of one access to the Hub. */
interface HubSettings {
  /** without a slash at its end */
  endpoint: string;
  /** where caches and the token are */
  home: string;
  cacheDir: string;
  token: string | undefined;
  offline: boolean;
  /** milliseconds to wait for what the Hub says about a file */
  patience: number;
}

const TRUE = new Set(['1', 'ON', 'YES', 'TRUE']);
const DEFAULT_TIMEOUT_S = 10;

function isTrue(value: string | undefined): boolean {
  return TRUE.has((value ?? '').toUpperCase());
}

/**
 * The address of the Hub or of its mirror, without a slash at its end.
 *
 * @throws OptionError if `HF_ENDPOINT` is no address
 */
export function hubEndpoint(env: NodeJS.ProcessEnv = process.env): string {
  const endpoint = (env.HF_ENDPOINT || HUB).replace(/\/+$/, '');
  if (!/^https?:\/\//i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new OptionError(`HF_ENDPOINT: expected an address such as ${HUB}, got ${shown(endpoint)}`);
  }
  return endpoint;
}

/**
 * Options first, then the environment: `HF_ENDPOINT`, `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME`,
 * `XDG_CACHE_HOME`, `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, `HF_TOKEN_PATH`, `HF_HUB_DISABLE_IMPLICIT_TOKEN`,
 * `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE`, `HF_HUB_ETAG_TIMEOUT`. One that is empty counts as absent.
 *
 * Source: huggingface_hub 2.4, `constants.py` and `utils/_auth.py`.
 *
 * @throws OptionError if `HF_ENDPOINT` is no address
 */
export function hubSettings(options: HubOptions, env: NodeJS.ProcessEnv = process.env): HubSettings {
  const cacheHome = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const home = expandPath(env.HF_HOME || join(cacheHome, 'huggingface'), env);
  const cache = env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub');
  return {
    endpoint: hubEndpoint(env),
    home,
    cacheDir: options.cacheDir === undefined ? expandPath(cache, env) : expandHome(options.cacheDir),
    token: (options.token ?? environmentToken(home, env))?.trim() || undefined,
    offline: options.offline ?? isTrue(env.HF_HUB_OFFLINE || env.TRANSFORMERS_OFFLINE),
    patience: 1000 * (Number(env.HF_HUB_ETAG_TIMEOUT) || DEFAULT_TIMEOUT_S),
  };
}

function environmentToken(home: string, env: NodeJS.ProcessEnv): string | undefined {
  if (isTrue(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
  const given = env.HF_TOKEN || env.HUGGING_FACE_HUB_TOKEN;
  if (given) return given;
  try {
    return readFileSync(expandPath(env.HF_TOKEN_PATH || join(home, 'token'), env), 'utf8');
  } catch {
    return undefined;
  }
}
