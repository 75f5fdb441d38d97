/** The fields that say what is drawn of features, and of which. */
import { CheckField, type Choice, SelectField } from '../../parts/controls.ts';
import { button, make } from '../../parts/make.ts';
import type { ColouringChoice, Facet, ForegroundChoice } from '../../protocol.ts';

const KINDS: Readonly<Record<ColouringChoice['kind'], string>> = {
  pca: 'Colours (PCA)',
  segments: 'Segments (k-means)',
  norms: 'Lengths (norms)',
};

const FACETS: Readonly<Record<Facet, string>> = {
  token: 'Tokens',
  query: 'Queries',
  key: 'Keys',
  value: 'Values',
};

const FOREGROUNDS: Readonly<Record<ForegroundChoice, string>> = {
  inside: 'Foreground only',
  border: 'What fills the image',
  none: 'All patches',
};

const SEGMENTS = [2, 3, 4, 6, 8, 12].map((k) => ({ value: k, text: String(k), chosen: k === 4 }));

/** What is done when something changes. */
interface ColouringEvents {
  /** another colouring is wanted, which is fitted anew */
  change(): void;
  /** colours are locked, or are not any more */
  lock(): void;
  save(): void;
  open(file: File): void;
}

export class ColouringControls {
  readonly elements: readonly HTMLElement[];
  private readonly kind: SelectField;
  private readonly facets: SelectField;
  private readonly foreground: SelectField;
  private readonly segments: SelectField;
  private readonly locked: CheckField;
  private readonly files: HTMLElement;

  constructor(events: ColouringEvents) {
    const change = () => {
      this.locked.checked = false;
      this.showFields();
      events.change();
    };
    this.kind = new SelectField('Show', choicesOf(KINDS), change);
    this.facets = new SelectField('Of', choicesOf(FACETS), change);
    this.foreground = new SelectField('Colours of', choicesOf(FOREGROUNDS), change);
    this.segments = new SelectField('Segments', SEGMENTS, change);
    this.locked = new CheckField('Lock colours', () => events.lock());
    const input = make('input', {
      type: 'file',
      accept: '.safetensors',
      hidden: true,
      'aria-label': 'File of colours',
      onchange: () => {
        const [file] = input.files ?? [];
        if (file !== undefined) events.open(file);
        input.value = '';
      },
    });
    this.files = make(
      'div',
      { class: 'buttons' },
      button('Save colours', () => events.save(), { class: 'quiet' }),
      button('Open colours', () => input.click(), { class: 'quiet' }),
      input,
    );
    const fields = [this.kind, this.facets, this.foreground, this.segments, this.locked];
    this.elements = [...fields.map(({ element }) => element), this.files];
    this.showFields();
  }

  get choice(): ColouringChoice {
    return this.choiceOf(this.kind.value as ColouringChoice['kind']);
  }

  get facet(): Facet {
    return this.facets.value as Facet;
  }

  get isLocked(): boolean {
    return this.locked.checked;
  }

  /** Colours of a file are a PCA's, and stay. */
  useFile(): void {
    this.kind.value = 'pca';
    this.locked.checked = true;
    this.showFields();
  }

  private choiceOf(kind: ColouringChoice['kind']): ColouringChoice {
    switch (kind) {
      case 'pca':
        return { kind, foreground: this.foreground.value as ForegroundChoice };
      case 'segments':
        return { kind, k: Number(this.segments.value) };
      case 'norms':
        return { kind };
    }
  }

  /** Those that mean something in the colouring that is chosen. */
  private showFields(): void {
    const { kind } = this.choice;
    this.foreground.element.hidden = this.files.hidden = kind !== 'pca';
    this.segments.element.hidden = kind !== 'segments';
  }
}

/** A choice for each value, in the words of a table. */
function choicesOf(words: Readonly<Record<string, string>>): Choice[] {
  return Object.entries(words).map(([value, text]) => ({ value, text }));
}
