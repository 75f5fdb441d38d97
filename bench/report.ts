/** From results to tables. */
import type { EngineName } from './engine-names.ts';
import type { CaseResult, Disturbance, EngineResult, KernelCaseResult, Results } from './results.ts';
import { median, ratios, summarise } from './statistics.ts';
import { cell, digits, markdownTable, type Table } from './table.ts';

const GIGA = 1e9;
const MEBIBYTE = 2 ** 20;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
const percent = (part: number): string => `${Math.round(100 * part)} %`;

const head = (ours: EngineName): string[] => [
  'engine',
  'cold s',
  'load s',
  'first ms',
  'median ms',
  'quartiles',
  'GFLOP/s',
  'of limit',
  'of native limit',
  `time ÷ ${ours}`,
  'quartiles of it',
  'peak MiB',
  'max error',
  'cosine of CLS',
  'of the worst patch',
];

function engineRow(
  result: EngineResult,
  { operations, limits, native, engines }: CaseResult,
  ours: EngineName,
): string[] {
  const { engine, coldSeconds, loadSeconds, firstSeconds, peakBytes, maxError, cosines } = result;
  const cold = coldSeconds.length > 0 ? median(coldSeconds) : undefined;
  const milliseconds = (seconds: number): string => digits(1e3 * seconds);
  const opening = [engine, cell(cold, digits), cell(loadSeconds, digits), cell(firstSeconds, milliseconds)];
  if (result.seconds.length === 0)
    return [
      ...opening,
      ...head(ours)
        .slice(opening.length)
        .map(() => '–'),
    ];
  const { median: middle, lower, upper } = summarise(result.seconds);
  const reference = engines.find((other) => other.engine === ours)?.seconds ?? [];
  const ratio = reference.length > 0 ? summarise(ratios(result.seconds, reference)) : undefined;
  return [
    ...opening,
    milliseconds(middle),
    `${milliseconds(lower)}–${milliseconds(upper)}`,
    digits(operations / middle / GIGA),
    percent(operations / middle / median(limits)),
    cell(native, (found) => percent(operations / middle / median(found.limits))),
    cell(ratio, (found) => digits(found.median)),
    cell(ratio, (found) => `${digits(found.lower)}–${digits(found.upper)}`),
    cell(peakBytes, (bytes) => String(Math.round(bytes / MEBIBYTE))),
    cell(maxError, (error) => error.toExponential(1)),
    cell(cosines?.cls, (cosine) => cosine.toFixed(7)),
    cell(cosines?.others, (cosine) => cosine.toFixed(7)),
  ];
}

/** Why figures are missing. */
function problems(results: readonly { engine: string; problem?: string }[]): string[] {
  return results.flatMap(({ engine, problem }) => (problem === undefined ? [] : [`${engine}: ${problem}`]));
}

/** Who else had processors, as far as it is known. */
function disturbances({ idle, others, repeats }: Disturbance): string {
  return [
    idle === undefined ? '' : `, idle engines used ${percent(idle)} of a core`,
    others === undefined ? '' : `, all else ${percent(others)}`,
    repeats === 0 ? '' : `, ${plural(repeats, 'measurement')} made again`,
  ].join('');
}

/**
 * One case, a row for every engine.
 *
 * @param ours the engine to which the others are set in relation
 */
export function caseTable(result: CaseResult, ours: EngineName): Table {
  const { case: name, threads, operations, limits, native, disturbance, engines } = result;
  const [size, image, batch] = name.split('/');
  const limit = `128-bit limit ${digits(median(limits) / GIGA)} GFLOP/s`;
  const wide =
    native === undefined
      ? ''
      : `, native limit ${digits(median(native.limits) / GIGA)} GFLOP/s with ${native.lanes} floats a vector`;
  return {
    title: `${size}, ${image} × ${image}, batch ${batch}, ${plural(threads, 'thread')}: ${digits(operations / GIGA)} GFLOP, ${limit}${wide}${disturbances(disturbance)}`,
    head: head(ours),
    rows: engines.map((engine) => engineRow(engine, result, ours)),
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
function tables({ cases, kernels, ours }: Results): Table[] {
  const counts = [...new Set(kernels.map(({ threads }) => threads))];
  return [
    ...cases.map((result) => caseTable(result, ours)),
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
