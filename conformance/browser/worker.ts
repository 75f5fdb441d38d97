/** The page's own worker: carries out the order it is sent. */
import { carryOut } from './carry-out.ts';
import type { Order } from './set-ups.ts';

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  self.postMessage(await carryOut(data));
};
