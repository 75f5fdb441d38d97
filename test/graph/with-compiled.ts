/** A compiled model for tests, and how its outputs are compared. */

import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { GraphEngine } from '../../graph/engines/testing/graph-engine.ts';
import type { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import type { ModelOutput } from '../../lib/model/outputs.ts';
import { withSmallModel } from '../../lib/testing/small-model.ts';
import { relativeDifference } from '../../testing/close.ts';

/** Relative to the largest value; folding moves roundings. */
export const TOLERANCE = 1e-5;

/** Expects the same tensors by the same names, within rounding, and the same warnings. */
export function close(actual: ModelOutput, expected: ModelOutput): void {
  expect([...actual.named.keys()]).toEqual([...expected.named.keys()]);
  for (const [name, value] of expected.named) {
    const found = actual.named.get(name);
    expect([name, found?.shape]).toEqual([name, value.shape]);
    expect(relativeDifference(found?.dataSync() ?? [], value.dataSync())).toBeLessThan(TOLERANCE);
  }
  expect(actual.warnings).toEqual(expected.warnings);
}

/** Runs a test with the small model, compiled, and what its engine has seen; every graph must be let go of once. */
export async function withCompiled(
  run: (compiled: CompiledModel<Dinov2Model>, engine: GraphEngine, model: Dinov2Model) => Promise<void>,
  maxGraphs = 2,
): Promise<void> {
  await withSmallModel(async (model) => {
    const engine = new GraphEngine();
    const compiled = new CompiledModel(model, engine.engine, maxGraphs);
    try {
      await run(compiled, engine, model);
    } finally {
      await compiled.dispose();
    }
    expect(engine.released).toEqual(engine.made.map(() => 1));
  });
}
