/**
 * Holds every import against `rooms.mjs`; run by `npm run lint`. Cycles of files, and modules of Node in shared code, are Biome's to
 * find; only AssemblyScript, which it does not read, is searched for cycles here.
 *
 *     node scripts/rooms/check.mjs [--draw] [PROJECT]
 *
 * `--draw` prints the rooms and their arrows in Mermaid's language, as they stand in `docs/architecture.md`.
 */
import { fileURLToPath } from 'node:url';
import { readImports } from './imports.mjs';
import * as rules from './rooms.mjs';

const words = process.argv.slice(2);
const root = words.find((word) => !word.startsWith('--')) ?? fileURLToPath(new URL('../..', import.meta.url));

if (words.includes('--draw')) {
  console.log(drawing(rules.ROOMS));
} else {
  const imports = readImports(root, [...rules.ROOMS.map(({ room }) => room), 'test']);
  const faults = [...wrongImports(imports), ...wrongArrows(imports)];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

function isTest(file) {
  return /\.test\.ts$|(^|\/)testing\/|^test\//.test(file);
}

function roomOf(rooms, file) {
  return rooms.find(({ room }) => file.startsWith(`${room}/`))?.room;
}

/** The pairs of a room and one that it stands on. */
function arrowsOf(rooms) {
  return rooms.flatMap(({ room, on }) => on.map((below) => [room, below]));
}

/** Whether a room is another, or stands on it in however many steps. */
function reaches(rooms, room, other) {
  return room === other || arrowsOf(rooms).some(([from, to]) => from === room && reaches(rooms, to, other));
}

/** The arrows of rooms for Mermaid, without those that others imply. */
function drawing(rooms) {
  const drawn = arrowsOf(rooms).filter(
    ([room, below]) =>
      !arrowsOf(rooms).some(([from, to]) => from === room && to !== below && reaches(rooms, to, below)),
  );
  return ['flowchart TD', ...drawn.map(([room, below]) => `  ${room} --> ${below}`)].join('\n');
}

/** Imports that may not be, in words. */
function wrongImports(imports) {
  const idle = new Set(rules.WAITING);
  const faults = [];
  for (const [from, found] of imports) {
    for (const each of found) {
      const expected = isTest(from) ? expectedOfTest(from, each) : expectedOf(from, each);
      if (expected === undefined) continue;
      const waiting = rules.WAITING.find((rule) => rule.from.test(from) && rule.to.test(each.to));
      if (waiting) idle.delete(waiting);
      else faults.push(`${from}: expected ${expected}, got ${each.to}; see scripts/rooms/rooms.mjs`);
    }
  }
  return [
    ...faults,
    ...[...idle].map(({ from, to }) => `rooms.mjs: nothing waits any more for ${from} > ${to}`),
  ];
}

/** What a test should import in place of what it does; nothing if all is well. */
function expectedOfTest(from, { to }) {
  const room = roomOf(rules.ROOMS, from);
  const target = roomOf(rules.ROOMS, to);
  if (room === undefined || target === undefined) return undefined;
  const known = [room, ...rules.TESTS_ON].some((each) => reaches(rules.ROOMS, each, target));
  return known ? undefined : 'a room below, or what every test may use';
}

/** What a file should import in place of what it does; nothing if all is well. */
function expectedOf(from, { to, kind, byName }) {
  const room = roomOf(rules.ROOMS, from);
  const target = roomOf(rules.ROOMS, to);
  if (rules.WITHOUT_TENSORS.includes(room) && to.startsWith('@tensorflow/')) return 'nothing of TF.js';
  if (isTest(to) && !isTest(`${room}/`) && !rules.OUTSIDE.includes(room)) return 'nothing that is for tests';
  if (target === undefined) return undefined;
  if (!reaches(rules.ROOMS, room, target)) return 'a room below';
  const [inner, below] = [from, to].map((file) => roomOf(rules.ROOMS_OF_LIB, file));
  if (inner !== undefined && target === 'lib' && !reaches(rules.ROOMS_OF_LIB, inner, below))
    return 'a room of lib/ below';
  if (target !== room && rules.FACES[room]?.test(to) === false) return 'the public face of a room';
  const forNode = /-node\.ts$/.test(to) && target !== 'platform';
  if (forNode && !byName && kind !== 'type' && !rules.IN_NODE.test(from)) return "import('#node/…')";
  return undefined;
}

/** Arrows that no import uses, those that go round, and too many rooms of `lib/` on one another, in words. */
function wrongArrows(imports) {
  const production = [...imports].filter(([from]) => !isTest(from));
  const pairs = production.flatMap(([from, found]) => found.map(({ to }) => [from, to]));
  const used = new Set(
    [rules.ROOMS, rules.ROOMS_OF_LIB].flatMap((rooms) =>
      pairs.map((pair) => String(pair.map((file) => roomOf(rooms, file)))),
    ),
  );
  const idle = [...arrowsOf(rules.ROOMS), ...arrowsOf(rules.ROOMS_OF_LIB)].filter(
    (arrow) => !used.has(String(arrow)),
  );
  const assembly = pairs.filter(([from]) => from.includes('/assembly/'));
  const faults = idle.map(
    ([room, below]) => `rooms.mjs: expected imports from ${room} to ${below}, got none; remove the arrow`,
  );
  const lib = arrowsOf(rules.ROOMS_OF_LIB);
  const levels = Math.max(...lib.map(([room]) => chain(lib, room).length));
  if (levels > rules.LEVELS_OF_LIB)
    faults.push(`rooms.mjs: expected ${rules.LEVELS_OF_LIB} levels in lib/, got ${levels}`);
  try {
    for (const [from] of assembly) chain(assembly, from);
  } catch (error) {
    faults.push(error.message);
  }
  return faults;
}

/**
 * The longest way along arrows from a start.
 *
 * @throws Error naming the way round, if there is one
 */
function chain(arrows, start, way = []) {
  if (way.includes(start))
    throw new Error(`expected no cycle of imports, got ${[...way, start].join(' > ')}`);
  const ways = arrows.filter(([from]) => from === start).map(([, to]) => chain(arrows, to, [...way, start]));
  return [start, ...ways.reduce((longest, each) => (each.length > longest.length ? each : longest), [])];
}
