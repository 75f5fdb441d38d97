/** Where the Hub is, what may be asked of it, and where its files are kept: the settings Python's client shares. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What a caller may choose; the environment decides the rest. */
export interface HubOptions {
  /** the cache folder */
  cacheDir?: string;
  token?: string;
  /** use only what is in the cache */
  offline?: boolean;
}

/** The settings of one access to the Hub. */
export interface HubSettings {
  /** without a slash at its end */
  endpoint: string;
  cacheDir: string;
  token: string | undefined;
  offline: boolean;
}

const TRUE = new Set(['1', 'ON', 'YES', 'TRUE']);

/**
 * Options first, then the environment: `HF_ENDPOINT`, `HF_HUB_CACHE`, `HF_HOME`, `HF_TOKEN`, `HF_TOKEN_PATH`,
 * `HF_HUB_OFFLINE`.
 *
 * Source: huggingface_hub 2.4, `constants.py`.
 */
export function hubSettings(options: HubOptions, env: NodeJS.ProcessEnv = process.env): HubSettings {
  const home = env.HF_HOME || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return {
    endpoint: (env.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    cacheDir: options.cacheDir ?? (env.HF_HUB_CACHE || env.HUGGINGFACE_HUB_CACHE || join(home, 'hub')),
    token: options.token ?? (env.HF_TOKEN || savedToken(env.HF_TOKEN_PATH || join(home, 'token'))),
    offline: options.offline ?? TRUE.has((env.HF_HUB_OFFLINE ?? '').toUpperCase()),
  };
}

function savedToken(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
