/** Requests through the proxy that the environment names, which Node's own `fetch` passes over unless it is told. */
import { networkReason } from './read-body.ts';

/** Where Node keeps what carries out the requests of its `fetch`. */
const DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** Not a literal where it is imported: the package need not be there when this one is compiled or bundled. */
const PACKAGE = 'undici';

/** What is used of the package `undici`. */
interface Undici {
  fetch: (input: string | URL, init?: object) => Promise<Response>;
  EnvHttpProxyAgent: new () => object;
}

/** The variables that name a proxy. */
const VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY'];

let made: Promise<typeof fetch> | undefined;

/** The variable that names a proxy; undefined if there is none. */
export function proxyVariable(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return VARIABLES.find((name) => env[name]);
}

/**
 * A `fetch` that honours `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`: Node's own where it does
 * (`NODE_USE_ENV_PROXY=1`, or a dispatcher that the program has set), else that of the package undici where it is
 * installed. Where neither is, requests go without the proxy, and one that fails says why.
 */
export async function proxyFetch(): Promise<typeof fetch> {
  const name = proxyVariable();
  if (name === undefined || hasDispatcher()) return fetch;
  made ??= throughUndici(name);
  return made;
}

/** Whether the program, or Node itself, has said how requests go. */
function hasDispatcher(): boolean {
  const dispatcher: unknown = Reflect.get(globalThis, DISPATCHER);
  return typeof dispatcher === 'object' && dispatcher !== null && dispatcher.constructor.name !== 'Agent';
}

async function throughUndici(name: string): Promise<typeof fetch> {
  let undici: Undici;
  try {
    undici = await import(PACKAGE);
  } catch {
    return async (input, init) => {
      try {
        return await fetch(input, init);
      } catch (error) {
        if (init?.signal?.aborted) throw error;
        throw new Error(
          `${networkReason(error)} (the proxy in ${name} is not used: set NODE_USE_ENV_PROXY=1 on Node 22.21, 24 or later, or install the package undici)`,
        );
      }
    };
  }
  const { fetch: get, EnvHttpProxyAgent } = undici;
  const dispatcher = new EnvHttpProxyAgent();
  return (input, init) => get(input instanceof Request ? input.url : input, { ...init, dispatcher });
}
