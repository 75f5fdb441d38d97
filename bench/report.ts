/** From results to tables. */
import { OURS } from './engine-names.ts';
import type { CaseResult, EngineResult, KernelCaseResult, Results } from './results.ts';
import { median, medianRatio, summarise } from './statistics.ts';
import { cell, digits, markdownTable, type Table } from './table.ts';

const GIGA = 1e9;
const MEBIBYTE = 2 ** 20;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const percent = (part: number): string => `${Math.round(100 * part)} %`;

const HEAD = [
  'engine',
  'cold s',
  'load s',
  'first ms',
  'median ms',
  'quartiles',
  'GFLOP/s',
  'of limit',
  'time ÷ ours',
  'peak MiB',
  'max error',
] as const;

function engineRow(result: EngineResult, { operations, limits, engines }: CaseResult): string[] {
  const { engine, coldSeconds, loadSeconds, firstSeconds, peakBytes, maxError } = result;
  const cold = coldSeconds.length > 0 ? median(coldSeconds) : undefined;
  const milliseconds = (seconds: number): string => digits(1e3 * seconds);
  const opening = [engine, cell(cold), cell(loadSeconds), cell(firstSeconds, milliseconds)];
  if (result.seconds.length === 0) return [...opening, ...HEAD.slice(opening.length).map(() => '–')];
  const { median: middle, lower, upper } = summarise(result.seconds);
  const ours = engines.find((other) => other.engine === OURS)?.seconds ?? [];
  const ratio = ours.length > 0 ? medianRatio(result.seconds, ours) : undefined;
  return [
    ...opening,
    milliseconds(middle),
    `${milliseconds(lower)}–${milliseconds(upper)}`,
    digits(operations / middle / GIGA),
    percent(operations / middle / median(limits)),
    cell(ratio),
    cell(peakBytes, (bytes) => String(Math.round(bytes / MEBIBYTE))),
    cell(maxError, (error) => error.toExponential(1)),
  ];
}

/** Why figures are missing. */
function problems(results: readonly { engine: string; problem?: string }[]): string[] {
  return results.flatMap(({ engine, problem }) => (problem === undefined ? [] : [`${engine}: ${problem}`]));
}

/** One case, a row for every engine. */
export function caseTable(result: CaseResult): Table {
  const { case: name, threads, operations, limits, disturbance, engines } = result;
  const [size, image, batch] = name.split('/');
  const limit = `128-bit limit ${digits(median(limits) / GIGA)} GFLOP/s`;
  const idle = disturbance === undefined ? '' : `, idle engines used ${percent(disturbance)} of a core`;
  return {
    title: `${size}, ${image} × ${image}, batch ${batch}, ${plural(threads, 'thread')}: ${digits(operations / GIGA)} GFLOP, ${limit}${idle}`,
    head: HEAD,
    rows: engines.map((engine) => engineRow(engine, result)),
    notes: problems(engines),
  };
}

/** All kernels with one number of threads: GFLOP/s, and the share of the limit. */
export function kernelTable(results: readonly KernelCaseResult[]): Table {
  const names = results[0]?.engines.map(({ engine }) => engine) ?? [];
  const threads = results[0]?.threads ?? 1;
  return {
    title: `Kernels, ${plural(threads, 'thread')}: GFLOP/s (of the 128-bit limit)`,
    head: ['kernel', 'limit', ...names],
    rows: results.map(({ kernel, operations, limits, engines }) => {
      const limit = median(limits);
      const cells = engines.map(({ seconds }) => {
        if (seconds.length === 0) return '–';
        const speed = operations / median(seconds);
        return `${digits(speed / GIGA)} (${percent(speed / limit)})`;
      });
      return [kernel, digits(limit / GIGA), ...cells];
    }),
    notes: [...new Set(results.flatMap(({ engines }) => problems(engines)))],
  };
}

/** All tables of a run. */
function tables({ cases, kernels }: Results): Table[] {
  const counts = [...new Set(kernels.map(({ threads }) => threads))];
  return [
    ...cases.map(caseTable),
    ...counts.map((count) => kernelTable(kernels.filter(({ threads }) => threads === count))),
  ];
}

/** The environment, one line for each of its facts. */
export function environmentLines({ environment, cases, command }: Results): string[] {
  const { date, commit, processor, cores, memoryGiB, system, node, python } = environment;
  const versions = new Map(
    cases.flatMap(({ engines }) => engines.map(({ engine, version }) => [engine, version] as const)),
  );
  return [
    `${date} UTC, commit ${commit}`,
    `${processor}, ${plural(cores, 'core')}, ${memoryGiB} GiB, ${system}`,
    `Node ${node}${python === undefined ? '' : `, ${python}`}`,
    ...[...versions].flatMap(([engine, version]) => (version === undefined ? [] : [`${engine}: ${version}`])),
    `npm run bench -- ${command}`,
  ];
}

/** A run as Markdown, for `bench/results/`. */
export function markdownReport(results: Results): string {
  const facts = environmentLines(results).map((line) => `- ${line}`);
  return `${[facts.join('\n'), ...tables(results).map(markdownTable)].join('\n\n')}\n`;
}
