/** The page: its parts, and what they work with. */
import './style/base.css';
import './style/page.css';
import './style/images.css';
import './style/models.css';
import './style/cards.css';
import './style/tabs.css';
import { addImages } from './add-images.ts';
import type { App } from './app.ts';
import { exampleImages } from './examples.ts';
import { ImageCollection } from './images.ts';
import { ModelStore } from './models.ts';
import { addButtons, listenForImages } from './parts/image-sources.ts';
import { showStrip } from './parts/image-strip.ts';
import { byId } from './parts/make.ts';
import { showModel } from './parts/model-button.ts';
import { ModelDialog } from './parts/model-dialog.ts';
import { showModelHint } from './parts/model-hint.ts';
import { Notice } from './parts/notice.ts';
import { showStatus } from './parts/status-bar.ts';
import { TabList } from './parts/tab-list.ts';
import { showViewControls } from './parts/view-controls.ts';
import { attentionTab } from './tabs/attention/attention.ts';
import { featuresTab } from './tabs/features/features.ts';
import { labelsTab } from './tabs/labels.ts';
import { liveTab } from './tabs/live.ts';
import { similarityTab } from './tabs/similarity/similarity.ts';
import { ViewSettings } from './view-settings.ts';
import { WorkerClient } from './worker-client.ts';

const client = new WorkerClient(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
const app: App = {
  client,
  images: new ImageCollection(client),
  models: new ModelStore(client),
  view: new ViewSettings(),
  notice: new Notice(),
};

const dialog = new ModelDialog(app);
showModel(app, () => dialog.open());
showStrip(app);
showViewControls(app);
byId('add').append(addButtons(app));
listenForImages(app);

const tabs = [featuresTab(app), attentionTab(app), similarityTab(app), labelsTab(app), liveTab(app)];
const list = new TabList(tabs);
byId('tabs').append(list.element);
byId('panels').append(...tabs.map(({ element }) => element));
showModelHint(app, list);
list.start();
for (const each of [app.images, app.models, app.view]) each.addEventListener('change', () => list.update());

void showStatus(app);
app.models.start().catch((error) => app.notice.show(error));
void addImages(app, exampleImages('digits'));
