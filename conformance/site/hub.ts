/** What stands in for the Hub: ids lead to the server of models, as the Hub's own addresses lead to its store. */
import type { BrowserContext, Route } from 'playwright-core';
import type { SiteServer } from './server.ts';

/** Its origin. */
export const HUB = 'https://huggingface.co';

/** What becomes of requests for models of these owners. */
const REFUSALS: Readonly<Record<string, (route: Route) => Promise<void>>> = {
  gated: (route) => refuse(route, 401),
  absent: (route) => refuse(route, 404),
  busy: (route) => refuse(route, 503),
  unreachable: (route) => route.abort('internetdisconnected'),
};

/** Has `owner/name` be the model `name` of the server, whoever owns it, but for owners that are refused. */
export async function standInForHub(context: BrowserContext, server: SiteServer): Promise<void> {
  await context.route(`${HUB}/**`, async (route) => {
    const [owner = '', name = '', , , ...file] = route
      .request()
      .url()
      .slice(HUB.length + 1)
      .split('/');
    const refusal = REFUSALS[owner];
    if (refusal !== undefined) return refusal(route);
    const Location = `${server.model(name)}${file.join('/')}`;
    await route.fulfill({ status: 302, headers: { Location, 'Access-Control-Allow-Origin': '*' } });
  });
}

function refuse(route: Route, status: number): Promise<void> {
  return route.fulfill({ status, headers: { 'Access-Control-Allow-Origin': '*' } });
}
