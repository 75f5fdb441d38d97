/** The dialog in which a model is chosen: the bundled one, published ones, any address, files; and what is kept. */

import type { App } from '../app.ts';
import { BUNDLED_MODEL } from '../models.ts';
import type { ModelChoice, ModelFacts } from '../protocol.ts';
import { PUBLISHED } from '../published-models.ts';
import { KeptList } from './kept-list.ts';
import { button, make } from './make.ts';

export class ModelDialog {
  private readonly app: App;
  private readonly kept: KeptList;
  private readonly dialog: HTMLDialogElement;
  private readonly about = make('p', { class: 'help' });
  private readonly error = make('p', { class: 'error', role: 'alert' });

  constructor(app: App) {
    this.app = app;
    const choose = (choice: ModelChoice) => this.choose(choice);
    this.kept = new KeptList(app, (address) => choose({ kind: 'address', address }));
    const close = button('×', () => this.dialog.close(), { class: 'close', 'aria-label': 'Close' });
    this.dialog = make(
      'dialog',
      { class: 'models', 'aria-labelledby': 'models-title' },
      make('header', {}, make('h2', { id: 'models-title' }, 'Model'), close),
      this.about,
      choices(choose),
      this.addressForm(),
      this.filesForm(),
      this.error,
      this.kept.element,
    );
    this.dialog.addEventListener('click', ({ target }) => target === this.dialog && this.dialog.close());
    document.body.append(this.dialog);
  }

  open(): void {
    this.error.textContent = '';
    this.about.textContent = aboutModel(this.app.models.facts);
    this.dialog.showModal();
    void this.kept.update();
  }

  private choose(choice: ModelChoice): void {
    this.dialog.close();
    this.app.notice.clear();
    void this.app.models.load(choice);
  }

  private addressForm(): HTMLElement {
    const input = make('input', {
      id: 'address',
      type: 'text',
      placeholder: 'owner/name or https://…',
      autocomplete: 'off',
      spellcheck: 'false',
      'aria-describedby': 'address-help',
    });
    const onsubmit = (event: Event) => {
      event.preventDefault();
      const address = input.value.trim();
      if (address !== '') this.choose({ kind: 'address', address });
      else input.focus();
    };
    const field = make('div', { class: 'field' }, input, make('button', { type: 'submit' }, 'Load'));
    const help =
      'An id on the Hugging Face Hub, or the address of a folder with config.json and model.safetensors on a server that allows this page (CORS).';
    return make(
      'form',
      { onsubmit },
      make('label', { for: 'address' }, 'Hub id or address'),
      field,
      make('p', { class: 'help', id: 'address-help' }, help),
    );
  }

  private filesForm(): HTMLElement {
    const input = make('input', {
      type: 'file',
      multiple: true,
      hidden: true,
      'aria-label': 'Model files',
      onchange: () => {
        this.useFiles([...(input.files ?? [])]);
        // so that the same files can be chosen again
        input.value = '';
      },
    });
    return make(
      'div',
      {
        class: 'drop',
        ondrop: (event: DragEvent) => this.useFiles([...(event.dataTransfer?.files ?? [])]),
      },
      make('p', {}, 'Or drop a model’s files here: its weights, and config.json where you have it.'),
      button('Choose files', () => input.click()),
      input,
    );
  }

  private useFiles(files: readonly File[]): void {
    const weights = files.find(({ name }) => /\.(safetensors|pth|pt|bin|ckpt)$/.test(name));
    if (weights === undefined) {
      this.error.textContent =
        'These files have no weights; choose one that ends in .safetensors, .pth or .bin too.';
      return;
    }
    this.choose({
      kind: 'files',
      name: weights.name,
      files: Object.fromEntries(files.map((file) => [file.name, file])),
    });
  }
}

/** The model that is loaded, in a line. */
function aboutModel(facts: ModelFacts | undefined): string {
  if (facts === undefined) return '';
  const { name, architecture, labels } = facts;
  return `Loaded: ${name}. ${architecture}${labels > 0 ? `, ${labels} labels` : ''}.`;
}

function choices(choose: (choice: ModelChoice) => void): HTMLElement {
  const row = (name: string, size: string, about: string, choice: ModelChoice) =>
    make(
      'li',
      {},
      make(
        'button',
        { type: 'button', class: 'choice', onclick: () => choose(choice) },
        make('b', {}, name),
        make('span', {}, about),
        make('span', { class: 'size' }, size),
      ),
    );
  return make(
    'ul',
    { class: 'choices' },
    row('digits', '1.8 MB', 'comes with this page; knows handwritten digits', BUNDLED_MODEL),
    ...PUBLISHED.map(({ address, size, about }) => row(address, size, about, { kind: 'address', address })),
  );
}
