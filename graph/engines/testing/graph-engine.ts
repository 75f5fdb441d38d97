/** An engine for tests: runs graphs on TF.js, and writes down what becomes of them. */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { summarise } from '../../summary.ts';
import { TracedGraph } from '../../tracing/traced-graph.ts';
import { type Engine, type EngineArray, type EngineGraph, tensorOfArray } from '../engine.ts';

/** One graph that was made ready. */
export interface MadeGraph {
  readonly graph: TracedGraph;
  /** what it was run with */
  readonly feeds: ReadonlyMap<string, EngineArray>[];
  released: number;
}

/** Makes graphs ready one after the other, and remembers them. */
export class GraphEngine {
  readonly made: MadeGraph[] = [];
  /** what happens before a graph is ready, and before each run; a test may let it wait or fail */
  beforeMaking: () => Promise<void> = async () => undefined;
  beforeRunning: () => Promise<void> = async () => undefined;

  readonly engine: Engine = async ({ graph, byteInputs }) => {
    await this.beforeMaking();
    const made: MadeGraph = { graph: new TracedGraph(graph, byteInputs, summarise), feeds: [], released: 0 };
    this.made.push(made);
    return this.ready(made);
  };

  /** How often each graph was released. */
  get released(): number[] {
    return this.made.map(({ released }) => released);
  }

  /** How often each graph was run. */
  get runs(): number[] {
    return this.made.map(({ feeds }) => feeds.length);
  }

  private ready(made: MadeGraph): EngineGraph {
    return {
      run: async (feeds) => {
        await this.beforeRunning();
        if (made.released > 0) throw new Error('a graph was run that had been released');
        made.feeds.push(feeds);
        return runOnTfjs(made.graph, feeds);
      },
      async release() {
        made.released++;
      },
    };
  }
}

async function runOnTfjs(
  graph: TracedGraph,
  feeds: ReadonlyMap<string, EngineArray>,
): Promise<Map<string, EngineArray>> {
  const inputs = [...feeds].map(([name, array]) => [name, tensorOfArray(array)]);
  const given: Record<string, Tensor> = Object.fromEntries(inputs);
  const results = await graph.run(given);
  const arrays = new Map<string, EngineArray>();
  for (const [name, result] of Object.entries(results)) {
    arrays.set(name, { data: result.dataSync<'float32'>().slice(), shape: result.shape, dtype: 'float32' });
  }
  dispose([given, results]);
  return arrays;
}
