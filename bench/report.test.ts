import { caseTable, kernelTable, markdownReport } from './report.ts';
import type { CaseResult, KernelCaseResult, Results } from './results.ts';
import { digits, markdownTable, plainTable } from './table.ts';

const measured: CaseResult = {
  case: 'base/224/1',
  threads: 2,
  operations: 46e9,
  limits: [100e9, 120e9, 140e9],
  native: { lanes: 8, limits: [190e9, 200e9, 210e9] },
  disturbance: { idle: 0.001, others: 0.03, repeats: 1 },
  engines: [
    {
      engine: 'simd',
      coldSeconds: [1.5, 1.25, 1.75],
      loadSeconds: 0.5,
      firstSeconds: 0.6,
      seconds: [0.5, 0.46, 0.5],
      peakBytes: 500 * 2 ** 20,
      maxError: 4.3e-6,
      cosines: { cls: 0.99997, others: 0.9995 },
    },
    {
      engine: 'ort-web',
      coldSeconds: [],
      loadSeconds: 1,
      firstSeconds: 2,
      seconds: [1, 0.92],
      problem: 'left',
    },
    { engine: 'torch', coldSeconds: [], seconds: [], problem: 'no Python' },
  ],
};

describe('the report', () => {
  test('has a row for every engine, set in relation to ours and to the limit', () => {
    const { head, rows } = caseTable(measured, 'simd');
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)]);
    expect(column('engine')).toEqual(['simd', 'ort-web', 'torch']);
    expect(column('cold s')).toEqual(['1.50', '–', '–']);
    expect(column('median ms').slice(0, 2)).toEqual(['500', '960']);
    expect(column('GFLOP/s')[0]).toBe('92.0');
    expect(column('of limit')[0]).toBe('77 %');
    expect(column('of native limit').slice(0, 2)).toEqual(['46 %', '24 %']);
    expect(column('time ÷ simd').slice(0, 2)).toEqual(['1.00', '2.00']);
    expect(column('quartiles of it').slice(0, 2)).toEqual(['1.00–1.00', '2.00–2.00']);
    expect(column('peak MiB').slice(0, 2)).toEqual(['500', '–']);
    expect(column('cosine of CLS').slice(0, 2)).toEqual(['0.9999700', '–']);
    expect(column('of the worst patch').slice(0, 2)).toEqual(['0.9995000', '–']);
  });

  test('can set the engines in relation to another one', () => {
    const { head, rows } = caseTable(measured, 'ort-web');
    const column = head.indexOf('time ÷ ort-web');
    expect(rows.map((row) => row[column])).toEqual(['0.500', '1.00', '–']);
  });

  test('leaves the share of native code open where its limit is not known', () => {
    const { native: _, ...others } = measured;
    const { title, head, rows } = caseTable(others, 'simd');
    expect(rows[0]?.[head.indexOf('of native limit')]).toBe('–');
    expect(title).not.toContain('native');
    expect(caseTable(measured, 'simd').title).toContain('native limit 200 GFLOP/s with 8 floats a vector');
  });

  test('says who else was at work', () => {
    const others = 'idle engines used 0 % of a core, all else 3 %';
    expect(caseTable(measured, 'simd').title).toContain(`${others}, 1 measurement made again`);
    expect(caseTable({ ...measured, disturbance: { repeats: 0 } }, 'simd').title).not.toContain('of a core');
  });

  test('says why an engine has no figures', () => {
    expect(plainTable(caseTable(measured, 'simd'))).toContain('no Python');
  });

  test('names environment, versions and command', () => {
    const results: Results = {
      format: 'dinov2-bench/1',
      environment: {
        date: '2026-01-01T00:00',
        commit: 'abc',
        processor: 'P',
        cores: 2,
        memoryGiB: 24,
        system: 'Linux',
        node: 'v24.0.0',
      },
      command: '--cases base/224/1',
      ours: 'simd',
      cases: [measured],
      kernels: [],
    };
    expect(markdownReport(results)).toMatch(
      /P, 2 cores, 24 GiB[\s\S]*Node v24\.0\.0[\s\S]*--cases base\/224\/1/,
    );
  });

  test('puts kernels of one number of threads into one table', () => {
    const kernel: KernelCaseResult = {
      kernel: '2×3 · 3×5',
      threads: 1,
      operations: 30e9,
      limits: [60e9],
      engines: [{ engine: 'simd', seconds: [1, 1] }],
    };
    expect(kernelTable([kernel]).rows).toEqual([['2×3 · 3×5', '60.0', '30.0 (50 %)']]);
  });
});

describe('tables', () => {
  const table = { title: 'T', head: ['name', 'n'], rows: [['a', '10']] };

  test('align in text and in Markdown', () => {
    expect(plainTable(table)).toBe('T\nname   n\na     10');
    expect(markdownTable(table)).toBe('### T\n\n| name |  n |\n| ---- | -: |\n| a    | 10 |');
  });

  test('write three significant digits', () => {
    expect([0.0123, 1.234, 12.34, 1234.5, 0].map(digits)).toEqual(['0.0123', '1.23', '12.3', '1235', '0']);
  });
});
