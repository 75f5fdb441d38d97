import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSES, DIGITS, dinov2, folder, MODEL } from '../testing/command.ts';

test.each(['logistic', 'linear'])(
  'a %s probe is saved as a model that gives what it was tested with',
  (kind) => {
    const words = ['probe', CLASSES, '-m', MODEL, '--classifier', kind, '-o', kind, '--json'];
    const { status, out, err } = dinov2(...words);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const found = JSON.parse(out);
    expect(found).toMatchObject({ train: 120, test: 80, classifier: kind, output: kind, failures: [] });
    expect(found.accuracy).toBeGreaterThan(0.85);
    expect(readdirSync(join(folder, kind)).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'preprocessor_config.json',
    ]);
    const evaluated = JSON.parse(dinov2('evaluate', CLASSES, '-m', kind, '--json').out);
    expect(evaluated).toMatchObject({ images: 80, accuracy: found.accuracy, confusion: found.confusion });
    expect(JSON.parse(readFileSync(join(folder, kind, 'config.json'), 'utf8'))).toMatchObject({
      architectures: ['Dinov2ForImageClassification'],
      id2label: { 0: 'eight', 9: 'zero' },
    });
  },
);

test('a table of other labels of the same images makes another head', () => {
  const names = readdirSync(DIGITS).map((file) => file.replace('.png', ''));
  const even = ['zero', 'two', 'four', 'six', 'eight'];
  const rows = names.map((name) => `${DIGITS}/${name}.png,${even.includes(name) ? 'even' : 'odd'}`);
  writeFileSync(join(folder, 'parity.csv'), `file_name,label\n${rows.join('\n')}\n`);
  const words = ['probe', 'parity.csv', '-m', MODEL, '--test', 'parity.csv', '-C', '100', '-o', 'parity'];
  const { status, out } = dinov2(...words);
  expect(status).toBe(0);
  expect(out).toMatch(/^10 images of 2 classes to learn from, 10 to test on: parity\.csv$/m);
  expect(out).toMatch(/^logistic \(C 100, iterations \d+\) +100\.0 % +100\.0 % +1\.000$/m);
  const { out: labels } = dinov2('classify', `${DIGITS}/six.png`, '-m', 'parity', '-k', '1');
  expect(labels).toMatch(/\teven \d\.\d+\n$/);
});
