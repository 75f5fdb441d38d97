/** The model of the page: which one is there, and the one that is coming. */
import { modelNameOf } from './model-name.ts';
import type { Calls, KeptModel, ModelChoice, ModelFacts } from './protocol.ts';
import { rememberedAddress, rememberModel } from './remembered-model.ts';
import type { WorkerClient } from './worker-client.ts';

/** A model that is on its way, or was until it was stopped. */
export interface Coming {
  readonly choice: ModelChoice;
  readonly name: string;
  /** bytes that are here */
  readonly loaded: number;
  /** bytes of the weights; undefined until they are known */
  readonly total: number | undefined;
  readonly state: 'loading' | 'cancelled' | 'failed';
  /** why it failed */
  readonly error?: unknown;
}

const BUNDLED = import.meta.glob<string>(
  '../models/digits/{config.json,preprocessor_config.json,model.safetensors}',
  {
    query: '?url',
    import: 'default',
    eager: true,
  },
);

/** The model that comes with the site: digits, trained by this project. */
export const BUNDLED_MODEL: ModelChoice = {
  kind: 'bundled',
  files: Object.fromEntries(
    Object.entries(BUNDLED).map(([path, url]) => [
      path.replace(/^.*\//, ''),
      new URL(url, location.href).href,
    ]),
  ),
};

/** Tells `change` of every change. */
export class ModelStore extends EventTarget {
  /** what is loaded */
  facts: ModelFacts | undefined;
  coming: Coming | undefined;
  private readonly client: WorkerClient;
  private stop: AbortController | undefined;

  constructor(client: WorkerClient) {
    super();
    this.client = client;
  }

  /**
   * Loads the model of the last visit where the browser has most of it, as when the page was left early, else the bundled one.
   *
   * @throws WorkerError if what is kept can't be read; the bundled model is loaded all the same
   */
  async start(): Promise<void> {
    const address = rememberedAddress();
    try {
      if (address !== null && (await this.hasMostOf(address))) await this.load({ kind: 'address', address });
    } finally {
      if (this.facts === undefined) await this.load(BUNDLED_MODEL);
    }
  }

  private async hasMostOf(address: string): Promise<boolean> {
    const kept = await this.kept();
    return kept.some((each) => each.address === address && each.kept > each.size / 2);
  }

  /** Loads a model in place of the one that is loaded, or coming. */
  async load(choice: ModelChoice): Promise<void> {
    this.stop?.abort();
    const stop = new AbortController();
    this.stop = stop;
    const name = modelNameOf(choice);
    this.tell({ choice, name, loaded: 0, total: undefined, state: 'loading' });
    const arrived = new Map<string, number>();
    const onProgress = (progress: Calls['load']['progress']) => {
      if (this.stop !== stop || this.coming === undefined) return;
      if ('size' in progress) return this.tell({ ...this.coming, total: progress.size.bytes });
      const { file, loaded } = progress.download;
      if (!file.endsWith('.json')) arrived.set(file, loaded);
      this.tell({ ...this.coming, loaded: [...arrived.values()].reduce((sum, each) => sum + each, 0) });
    };
    try {
      this.facts = await this.client.call('load', { choice }, { signal: stop.signal, onProgress });
      rememberModel(choice);
      if (this.stop === stop) this.tell(undefined);
    } catch (error) {
      if (this.stop !== stop || this.coming === undefined) return;
      this.tell({ ...this.coming, state: stop.signal.aborted ? 'cancelled' : 'failed', error });
    }
  }

  /** Ends the download; what has arrived is kept, and `load` goes on from there. */
  cancel(): void {
    this.stop?.abort();
  }

  /** Forgets a download that was stopped. */
  dismiss(): void {
    if (this.coming?.state !== 'loading') this.tell(undefined);
  }

  kept(): Promise<readonly KeptModel[]> {
    return this.client.call('kept', {});
  }

  forget(address: string): Promise<readonly KeptModel[]> {
    return this.client.call('forget', { address });
  }

  private tell(coming: Coming | undefined): void {
    this.coming = coming;
    this.dispatchEvent(new Event('change'));
  }
}
