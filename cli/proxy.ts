/** The proxy that the environment names, which Node's own `fetch` passes over unless it is told. */

/**
 * Has every request of this process go through the proxy of the environment, where Node can be told so (from 24.14 on):
 * the process is the command's own.
 */
export async function useProxyOfEnvironment(): Promise<void> {
  const { https_proxy, HTTPS_PROXY, http_proxy, HTTP_PROXY } = process.env;
  if (!(https_proxy || HTTPS_PROXY || http_proxy || HTTP_PROXY)) return;
  const { default: http } = await import('node:http');
  const use: unknown = Reflect.get(http, 'setGlobalProxyFromEnv');
  if (typeof use === 'function') use();
}
