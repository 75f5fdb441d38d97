/** What every part of the page works with. */
import type { ImageCollection } from './images.ts';
import type { ModelStore } from './models.ts';
import type { Notice } from './parts/notice.ts';
import type { ViewSettings } from './view-settings.ts';
import type { WorkerClient } from './worker-client.ts';

export interface App {
  readonly client: WorkerClient;
  readonly images: ImageCollection;
  readonly models: ModelStore;
  readonly view: ViewSettings;
  readonly notice: Notice;
}
