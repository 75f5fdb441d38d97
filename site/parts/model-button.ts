/** The model in the page's head: its name and size, or how much of it has arrived. */
import type { App } from '../app.ts';
import { withAdvice } from '../load-advice.ts';
import type { Coming } from '../models.ts';
import { button, byId, make } from './make.ts';
import { bytesText } from './quantities.ts';

/** Keeps the head as the model is. @param open shows the dialog in which one is chosen */
export function showModel(app: App, open: () => void): void {
  const place = byId('model');
  const name = make('b');
  const about = make('span');
  const choose = make(
    'button',
    { type: 'button', class: 'model', 'aria-haspopup': 'dialog', onclick: open },
    name,
    about,
  );
  const bar = make('progress', { 'aria-label': 'Download', max: 1 });
  const words = make('p');
  const cancel = button('Cancel', () => app.models.cancel());
  const resume = button('Resume', () => app.models.coming && void app.models.load(app.models.coming.choice), {
    class: 'primary',
  });
  const dismiss = button('Dismiss', () => app.models.dismiss(), { class: 'quiet' });
  const download = make(
    'div',
    { class: 'download', role: 'group', 'aria-label': 'Model on its way' },
    words,
    bar,
    cancel,
    resume,
    dismiss,
  );
  place.replaceChildren(choose, download);
  const update = () => {
    const { facts, coming } = app.models;
    name.textContent = facts?.name ?? (coming?.state === 'loading' ? 'Loading …' : 'Choose a model');
    about.textContent = facts === undefined ? 'Model' : `${bytesText(facts.bytes)}, ${facts.layers} layers`;
    download.hidden =
      coming === undefined || (coming.choice.kind === 'bundled' && coming.state === 'loading');
    if (coming === undefined) return;
    const isLoading = coming.state === 'loading';
    words.textContent = wordsOf(coming);
    bar.hidden = !isLoading;
    if (coming.total === undefined) bar.removeAttribute('value');
    else bar.value = Math.min(1, coming.loaded / coming.total);
    cancel.hidden = !isLoading;
    resume.hidden = dismiss.hidden = isLoading;
    resume.textContent = coming.state === 'failed' ? 'Try again' : 'Resume';
  };
  let told = app.models.facts;
  app.models.addEventListener('change', () => {
    update();
    const { coming, facts } = app.models;
    if (coming?.state === 'failed') app.notice.show(withAdvice(coming.error));
    if (facts === told) return;
    told = facts;
    app.notice.clear();
    if (facts !== undefined && facts.notes.length > 0) app.notice.show(facts.notes.join(' '));
  });
  update();
}

function wordsOf({ name, loaded, total, state }: Coming): string {
  const amount = total === undefined ? '' : `${bytesText(loaded)} of ${bytesText(Math.max(loaded, total))}`;
  if (state === 'failed') return `${name}: could not be loaded`;
  if (state === 'cancelled') return `${name}: stopped${amount && ` at ${amount}, which are kept`}`;
  return `${name}: ${amount || 'connecting'}`;
}
