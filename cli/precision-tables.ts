/** What precisions cost, in tables for people. */
import type { Agreement, PrecisionComparison, PrecisionReport } from '../lib/index.ts';
import { megabytes, table } from './listing.ts';

/** A row for each precision. */
export function precisionTable(report: PrecisionReport): string {
  const { f32, precisions, architecture, device, images, batch } = report;
  const [first] = precisions;
  const ks = first?.neighbours.map(({ k }) => k) ?? [];
  const head = [
    ...['', 'weights', 'in memory', 'time', 'f32 in turns', 'faster', 'cosine of CLS', 'worst patch'],
    ...['mean patch', ...ks.map((k) => (k === 1 ? 'same nearest' : `same ${k} nearest`))],
    ...(first?.labels === undefined ? [] : ['same labels']),
  ];
  const exact = [
    'f32',
    megabytes(f32.weightBytes),
    megabytes(f32.memoryBytes),
    milliseconds(f32.milliseconds),
  ];
  const rows = precisions.map((each) => [
    ...[each.precision, megabytes(each.weightBytes), megabytes(each.memoryBytes)],
    ...[each.milliseconds, each.f32Milliseconds].map(milliseconds),
    `${each.speedup.toFixed(2)} ×`,
    ...[each.cls.worst, each.patches.worst, each.patches.mean].map(cosine),
    ...each.neighbours.map(({ share }) => percent(share)),
    ...(each.labels === undefined ? [] : [percent(each.labels)]),
  ]);
  const of = (count: number): string => (count === 1 ? '1 image' : `${count} images`);
  return `${architecture} on ${device}, ${of(images)}; time is of a pass over ${of(batch)}\n${table([head, exact, ...rows])}`;
}

/** A row for each layer and output, and columns for each precision. */
export function layersTable({ precisions, pool }: PrecisionReport): string {
  const parts = precisions.map(({ precision, ...compared }) => ({
    precision,
    rows: agreements(compared, pool),
  }));
  const head = parts.flatMap(({ precision }) => [`${precision} worst`, 'mean', 'max abs']);
  const names = parts[0]?.rows ?? [];
  const rows = names.map(([name, { largest }], i) => [
    name,
    ...parts.flatMap(({ rows }) => cells(rows[i]?.[1])),
    largest.toPrecision(3),
  ]);
  return table([['', ...head, 'largest'], ...rows]);
}

function agreements(
  compared: Omit<PrecisionComparison, 'precision'>,
  pool: PrecisionReport['pool'],
): [string, Agreement][] {
  const { layers, cls, patches, embedding, logits } = compared;
  return [
    ...layers.map((layer, i): [string, Agreement] => [i === 0 ? 'embeddings' : `block ${i}`, layer]),
    ['CLS', cls],
    ['patches', patches],
    ...(pool === 'cls' ? [] : [[`pooled: ${pool}`, embedding] satisfies [string, Agreement]]),
    ...(logits === undefined ? [] : [['logits', logits] satisfies [string, Agreement]]),
  ];
}

function cells(agreement: Agreement | undefined): string[] {
  if (agreement === undefined) return ['', '', ''];
  const { worst, mean, maxAbs } = agreement;
  return [cosine(worst), cosine(mean), maxAbs.toExponential(1)];
}

/** Six digits, cut and not rounded, so that what is not 1 is not shown as 1, but for the last places of a double. */
function cosine(value: number): string {
  return (Math.floor(value * 1e6 + 1e-6) / 1e6).toFixed(6);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function milliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}
