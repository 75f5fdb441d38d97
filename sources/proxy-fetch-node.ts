/** Requests through the proxy that the environment names, which Node's own `fetch` passes over unless it is told. */
import { importPackage } from '../platform/import-package-node.ts';
import { networkReason } from './read-body.ts';

/** Where Node keeps what carries out the requests of its `fetch`. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** What is used of the package `undici`. */
interface Undici {
  fetch: (input: string | URL, init?: object) => Promise<Response>;
  EnvHttpProxyAgent: new () => object;
}

/** The variables that name a proxy. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

/** The variable that names a proxy; undefined if there is none. */
function proxyVariable(): string | undefined {
  return VARIABLES.find((name) => process.env[name]);
}

/**
 * A `fetch` that honours `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`: Node's own where it does
 * (`NODE_USE_ENV_PROXY=1`, or a dispatcher that the program has set), else that of the package undici where it is
 * installed. Where neither is, requests go without the proxy, and one that fails says why.
 *
 * @param undiciPackage its name, for tests
 */
export async function proxyFetch(undiciPackage = 'undici'): Promise<typeof fetch> {
  const name = proxyVariable();
  if (name === undefined || hasDispatcher()) return fetch;
  try {
    return throughUndici((await importPackage(undiciPackage)) as Undici);
  } catch {
    return withoutProxy(name);
  }
}

/** Whether the program, or Node itself, has said how requests go. */
function hasDispatcher(): boolean {
  const dispatcher: unknown = Reflect.get(globalThis, DISPATCHER);
  return typeof dispatcher === 'object' && dispatcher !== null && dispatcher.constructor.name !== 'Agent';
}

function throughUndici({ fetch: get, EnvHttpProxyAgent }: Undici): typeof fetch {
  const dispatcher = new EnvHttpProxyAgent();
  return (input, init) => get(input instanceof Request ? input.url : input, { ...init, dispatcher });
}

/** A `fetch` that says, where it fails, what it did not use. */
function withoutProxy(variable: string): typeof fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      if (init?.signal?.aborted) throw error;
      throw new Error(
        `${networkReason(error)} (the proxy in ${variable} is not used: set NODE_USE_ENV_PROXY=1 on Node 22.21, 24 or later, or install the package undici)`,
      );
    }
  };
}
