/** What is said of models and outputs that go out of use without `dispose()`, in programs of their own. `npm test` builds first. */
import { spawnSync } from 'node:child_process';

const ROOT = new URL('..', import.meta.url).pathname;

/** What a program says on stderr whose function `use` was called some times, and all it left was collected. */
function saidOf(use: string): string {
  const program = `
    import { Dinov2Config, Dinov2ForImageClassification, Dinov2Model, trace } from 'dinov2-tfjs';
    import { reshape, tensor1d, tidy } from '@tensorflow/tfjs-core';
    const config = new Dinov2Config({ hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2, imageSize: 28 });
    const pixels = { data: new Float32Array(3 * 28 * 28), shape: [1, 3, 28, 28] };
    const model = await Dinov2Model.fromConfig(config);
    const kept = [];
    const use = async () => { ${use} };
    for (let i = 0; i < 5; i++) await use();
    for (let i = 0; i < 8; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log(kept.length);
    model.dispose();
  `;
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', program],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect(status).toBe(0);
  return stderr;
}

test.each([
  ['an output', 'model.forward(pixels);', 'Dinov2ModelOutput', 'output.dispose(), or run it in tf.tidy()'],
  ['a model', 'await Dinov2Model.fromConfig(config);', 'Dinov2Model', 'model.dispose()'],
])('%s that is left is named once, with what to call', (_, use, name, remedy) => {
  const said = saidOf(use);
  expect(said).toContain(
    `expected dispose() before a ${name} goes out of use, got one that was left without`,
  );
  expect(said).toContain(`call ${remedy} (said once)`);
  expect(said.match(/said once/g)).toHaveLength(1);
});

test.each([
  ['disposed of', 'model.forward(pixels).dispose();'],
  ['tidied up', 'tidy(() => { model.forward(pixels); });'],
  ['kept as tensors', 'kept.push(model.forward(pixels).tensors);'],
  [
    'freed tensor by tensor',
    'const { lastHiddenState, poolerOutput } = model.forward(pixels); kept.push(1); lastHiddenState.dispose(); poolerOutput.dispose();',
  ],
  ['a view of a tidied tensor', 'kept.push(tidy(() => reshape(model.forward(pixels).poolerOutput, [16])));'],
  ['traced', 'await trace(model, pixels);'],
  [
    'with a loss, and disposed of',
    `const classifier = await Dinov2ForImageClassification.fromConfig(config);
     const labels = tensor1d([0], 'int32');
     classifier.forward(pixels, { labels }).dispose();
     labels.dispose();
     classifier.dispose();`,
  ],
])('nothing is said of what is %s', (_, use) => {
  expect(saidOf(use)).toBe('');
});
