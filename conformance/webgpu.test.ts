/** What only a GPU shows, or an adapter in software: refusals, failures, and how processes end. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missingFor } from './testing/in-process.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PATIENCE_MS = 300_000;

/** Runs a program that may use `attempt`, which prints what a promise gives or throws; it has to end by itself. */
function run(steps: string): { lines: string[]; status: number | null } {
  const program = `
    import * as tf from '@tensorflow/tfjs-core';
    import { Dinov2ForImageClassification, readFloat32, setDevice, trace } from './dist/lib/index.js';
    const attempt = async (compute) => {
      try {
        console.log(await compute());
      } catch ({ name, message }) {
        console.log(name, message);
      }
    };
    ${steps}
  `;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  return { lines: stdout.trim().split('\n'), status };
}

const missing = missingFor('webgpu');

(missing === undefined ? describe : describe.skip)(`webgpu${missing ? `, skipped: ${missing}` : ''}`, () => {
  test(
    'a kernel broken on purpose is refused with the name of the GPU, and whole ones are not',
    () => {
      const { lines, status } = run(`
        await setDevice('webgpu');
        const { kernelFunc } = tf.getKernel('Softmax', 'webgpu');
        tf.removeBackend('webgpu');
        tf.unregisterKernel('Softmax', 'webgpu');
        const blurred = (call) => kernelFunc({ ...call, inputs: { logits: tf.mul(call.inputs.logits, 1.001) } });
        tf.registerKernel({ kernelName: 'Softmax', backendName: 'webgpu', kernelFunc: blurred });
        await attempt(() => setDevice('webgpu'));
        tf.unregisterKernel('Softmax', 'webgpu');
        tf.registerKernel({ kernelName: 'Softmax', backendName: 'webgpu', kernelFunc });
        await attempt(() => setDevice('webgpu'));
      `);
      expect(lines).toEqual([
        expect.stringMatching(
          /^DeviceError webgpu: expected right numbers of .+, got attention over 41 tokens off by \d/,
        ),
        'webgpu',
      ]);
      expect(status).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'a tensor larger than the GPU binds, a lost GPU and a synchronous read are errors',
    () => {
      const { lines, status } = run(`
        await setDevice('webgpu');
        const { device } = tf.backend();
        const size = device.limits.maxStorageBufferBindingSize / 4 + 1024;
        const small = () => tf.add(tf.fill([2000], 1), 1);
        if (size < 2 ** 27) await attempt(async () => (await tf.slice(tf.fill([size], 1), 0, 1).data())[0]);
        else console.log('DeviceError not tried');
        await setDevice('webgpu');
        await attempt(() => small().dataSync());
        const x = small();
        const reading = x.data();
        tf.backend().device.destroy();
        await attempt(() => reading);
        await attempt(() => small().data());
        await setDevice('webgpu');
        await attempt(() => x.data());
        await attempt(async () => (await small().data())[1999]);
      `);
      const lost = expect.stringMatching(
        /^DeviceError webgpu: expected .+, got device lost \(destroyed\).*; call setDevice/,
      );
      expect(lines).toEqual([
        expect.stringMatching(/^DeviceError /),
        expect.stringMatching(/^DeviceError webgpu: expected an asynchronous read, got dataSync/),
        lost,
        lost,
        lost,
        '2',
      ]);
      expect(status).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'a model can be traced, its labels read twice, and leaves no tensor',
    () => {
      const { lines, status } = run(`
        await setDevice('webgpu');
        const model = await Dinov2ForImageClassification.fromPretrained('models/digits');
        const pixels = tf.randomUniform([2, 3, 28, 42]);
        const labels = tf.tensor1d([1, 2], 'int32');
        const graph = await trace(model, { shape: [2, 3, 28, 42] });
        const before = tf.memory().numTensors;
        const losses = [];
        for (let i = 0; i < 2; i++) {
          const output = model.forward(pixels, { labels });
          losses.push((await output.loss.data())[0]);
          if (i === 0) {
            const { logits } = await graph.run({ pixel_values: pixels });
            const [a, b] = await Promise.all([readFloat32(logits), readFloat32(output.logits)]);
            console.log(Math.max(...a.map((value, j) => Math.abs(value - b[j]))) < 1e-4);
            logits.dispose();
          }
          output.dispose();
        }
        console.log(losses[0] === losses[1], tf.memory().numTensors - before);
      `);
      expect(lines).toEqual(['true', 'true 0']);
      expect(status).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'the command ends by itself',
    () => {
      const words = ['dist/cli/main.js', 'classify', 'examples/pictures/digits', '--model', 'models/digits'];
      const outputs = ['webgpu', 'simd'].map((device) => {
        const settings = { cwd: ROOT, encoding: 'utf8', timeout: PATIENCE_MS } as const;
        const { stdout, status } = spawnSync(process.execPath, [...words, '--backend', device], settings);
        expect(status).toBe(0);
        return stdout.replace(/\d+\.\d+/g, '');
      });
      expect(outputs[0]).toBe(outputs[1]);
    },
    PATIENCE_MS,
  );
});
