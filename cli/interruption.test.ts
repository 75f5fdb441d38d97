/** What is left when somebody stops the command. */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HubServer } from '../sources/testing/hub-server.ts';
import { DIGITS, folder, MODEL, startDinov2 } from './testing/command.ts';
import { manyDigits, runEmbed } from './testing/many-images.ts';

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends the command at once, keeps what is computed, and says how to go on',
  async (signal) => {
    manyDigits(signal, 100);
    const output = `${signal}.npy`;
    const { signal: ended, err } = await runEmbed([signal, '-m', MODEL], output, {
      images: 4,
      act: (child) => child.kill(signal),
    });
    expect(ended).toBe(signal);
    expect(err).toMatch(
      /^dinov2: SIG\w+\.npy: \d+ of 100 images are kept in SIG\w+\.npy\.part; the same command with --resume goes on\n$/,
    );
    expect(readdirSync(folder).filter((name) => name.startsWith(output) && !name.endsWith('.log'))).toEqual([
      `${output}.part`,
    ]);
  },
);

test('Ctrl-C in a download leaves its part where the next one finds it', async () => {
  const weights = new Uint8Array(readFileSync(`${MODEL}/model.safetensors`));
  const text = (name: string) => ({ bytes: new Uint8Array(readFileSync(`${MODEL}/${name}`)) });
  const server = await new HubServer({
    'config.json': text('config.json'),
    'preprocessor_config.json': text('preprocessor_config.json'),
    'model.safetensors': { bytes: weights, large: true },
  }).start();
  server.faults = { stallAfter: 100_000 };
  const words = ['embed', `${DIGITS}/one.png`, '-m', 'owner/model', '--cache-dir', 'cache'];
  const env = { ...process.env, HF_ENDPOINT: server.endpoint };
  const child = startDinov2(words, env);
  const blobs = join(folder, 'cache', 'models--owner--model', 'blobs');
  const parts = () =>
    (existsSync(blobs) ? readdirSync(blobs) : []).filter((name) => /^[0-9a-f]{64}\./.test(name));
  while (parts().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGINT');
  const ended = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
  await server.stop();
  expect(ended).toBe('SIGINT');
  expect(parts()).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.incomplete$/)]);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while ONNX Runtime reads a model leaves no temporary file',
  async (signal) => {
    const temporary = join(folder, `temporary-${signal}`);
    mkdirSync(temporary);
    // what is kept of the model goes to its place at once
    const engine = ['--engine', 'onnxruntime', '--no-graph-cache', '--threads', '1'];
    const words = ['embed', `${DIGITS}/one.png`, '-m', MODEL, ...engine];
    const child = startDinov2(words, { ...process.env, TMPDIR: temporary }, 'stalled');
    const models = () => readdirSync(temporary).filter((name) => name.startsWith('dinov2-onnx-'));
    while (models().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    const ended = await new Promise((resolve) => child.on('close', (_, by) => resolve(by)));
    expect(ended).toBe(signal);
    expect(models()).toEqual([]);
  },
);
