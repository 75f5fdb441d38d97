/** Random numbers beside torch's: `conformance/python/dump_random.py` made the references. */
import { readFileSync } from 'node:fs';
import { OptionError } from '../errors/errors.ts';
import { missesOf } from '../testing/close.ts';
import { TorchGenerator } from './torch-generator.ts';

type Call = 'rand' | 'rand64' | 'uniform' | 'randint' | 'seed' | 'randperm' | 'normal';

const { calls, runs } = JSON.parse(
  readFileSync(new URL('../conformance/fixtures/random.json', import.meta.url), 'utf8'),
) as { calls: [Call, number[]][]; runs: { seed: number; results: unknown[] }[] };

function weightedSum(order: Int32Array): number {
  return order.reduce((sum, value, place) => sum + value * place, 0);
}

function call(generator: TorchGenerator, name: Call, [a = 0, b = 0, c = 0]: number[]): unknown {
  const answers: Record<Call, () => unknown> = {
    rand: () => generator.rand(),
    rand64: () => generator.rand64(),
    uniform: () => generator.uniform(a, b),
    randint: () => generator.randint(a),
    seed: () => `${generator.seed()}`,
    randperm: () => (a > 1000 ? weightedSum(generator.randperm(a)) : [...generator.randperm(a)]),
    normal: () => [...generator.normal(a, b, c)],
  };
  return answers[name]();
}

test.each(runs)('calls on one generator give what torch gives: seed $seed', ({ seed, results }) => {
  const generator = new TorchGenerator(seed);
  for (const [i, [name, args]] of calls.entries()) {
    const got = call(generator, name, args);
    const many = name === 'normal' && (args[0] ?? 0) >= 16;
    // torch's own differ by as much from processor to processor
    if (many) expect(missesOf(got as number[], results[i] as number[], 3e-7)).toEqual([]);
    else expect({ i, name, got }).toEqual({ i, name, got: results[i] });
  }
});

test('a state goes through JSON, with the spare normal number, and the run goes on as if never stopped', () => {
  const generator = new TorchGenerator(9n);
  generator.normal(3);
  generator.randperm(700);
  const restored = TorchGenerator.fromState(JSON.parse(JSON.stringify(generator.state)));
  const next = (from: TorchGenerator): unknown => [
    from.normal(4),
    from.rand(),
    from.randperm(900),
    from.word(),
  ];
  expect(next(restored)).toEqual(next(generator));
  expect(restored.state).toEqual(generator.state);
});

test('what is no seed, state, bound or count is refused', () => {
  expect(() => new TorchGenerator(0.5)).toThrow(
    new OptionError('TorchGenerator: expected a seed that is an integer, got 0.5'),
  );
  const { state } = new TorchGenerator(1);
  for (const wrong of [
    { words: state.words.slice(1) },
    { words: state.words.map((word) => -word) },
    { position: 625 },
    { spareNormal: Number.NaN },
  ]) {
    expect(() => TorchGenerator.fromState({ ...state, ...wrong })).toThrow(
      /^TorchGenerator: expected a state/,
    );
  }
  expect(() => new TorchGenerator(1).randint(0)).toThrow('randint: expected an integer of at least 1, got 0');
  expect(() => new TorchGenerator(1).randperm(-1)).toThrow(
    'randperm: expected an integer of at least 0, got -1',
  );
});
