/** Models of the Hub on the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubServer } from '../sources/testing/hub-server.ts';
import { DIGITS, type Ended, ended, folder, MODEL, startDinov2 } from './testing/command.ts';

const FILES = ['config.json', 'preprocessor_config.json', 'model.safetensors'];

async function embed(endpoint: string, words: string[]): Promise<Ended> {
  const env = { ...process.env, HF_ENDPOINT: endpoint, HF_HUB_CACHE: join(folder, 'cache') };
  const child = startDinov2(['embed', `${DIGITS}/one.png`, ...words], env);
  return ended(child);
}

test('a subfolder is embedded with, online and, with one word of warning, without the Hub', async () => {
  const files = FILES.map((name) => [`enc/${name}`, { bytes: readFileSync(join(MODEL, name)) }] as const);
  const server = await new HubServer(Object.fromEntries(files)).start();
  const local = await embed('http://127.0.0.1:9', ['-m', MODEL]);
  const online = await embed(server.endpoint, ['-m', 'owner/model', '--subfolder', 'enc']);
  expect([online.status, online.err]).toEqual([0, '']);
  expect(online.out).toBe(local.out);
  const page = await embed(server.endpoint, ['-m', `${server.endpoint}/owner/model/tree/main/enc`]);
  expect(page.out).toBe(local.out);
  await server.stop();
  const without = await embed(server.endpoint, ['-m', 'owner/model', '--subfolder', 'enc']);
  expect(without.out).toBe(local.out);
  expect(without.err.trim().split('\n')).toEqual([
    expect.stringMatching(
      /^dinov2: owner\/model: expected an answer of .*; going on with the copy in .*cache/,
    ),
  ]);
}, 60_000);
