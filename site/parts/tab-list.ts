/** Tabs, as the ARIA Authoring Practices describe them: arrow keys go round, Home and End to the ends. */
import { make } from './make.ts';

/** What works only while it is shown. */
export interface Part {
  readonly element: HTMLElement;
  /** called when it is shown, and while it is, whenever the images, the chosen one or the model change */
  update(): void;
  /** called when it is shown no more: ends its work */
  hide(): void;
}

/** One view of the images. */
export interface Tab extends Part {
  /** as in the address, behind `#` */
  readonly name: string;
  readonly title: string;
  /** whether it needs a model with a classifier */
  readonly needsLabels?: true;
}

/** Tells `change` when another one is shown. */
export class TabList extends EventTarget {
  readonly element = make('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Views' });
  private readonly tabs: readonly Tab[];
  private readonly buttons: readonly HTMLButtonElement[];
  private current: Tab | undefined;

  constructor(tabs: readonly Tab[]) {
    super();
    this.tabs = tabs;
    this.buttons = tabs.map((tab) => {
      const ids = { id: `tab-${tab.name}`, 'aria-controls': `panel-${tab.name}` };
      const onclick = () => this.show(tab);
      return make('button', { type: 'button', role: 'tab', ...ids, onclick }, tab.title);
    });
    for (const { element, name } of tabs) {
      element.id = `panel-${name}`;
      element.setAttribute('role', 'tabpanel');
      element.setAttribute('aria-labelledby', `tab-${name}`);
      element.hidden = true;
    }
    this.element.append(...this.buttons);
    this.element.addEventListener('keydown', (event) => this.move(event));
    addEventListener('hashchange', () => this.showNamed(location.hash.slice(1)));
  }

  /** Shows the tab that the address names, or else the first. */
  start(): void {
    this.showNamed(location.hash.slice(1));
    const [first] = this.tabs;
    if (this.current === undefined && first !== undefined) this.show(first);
  }

  /** The one that is shown. */
  get shown(): Tab | undefined {
    return this.current;
  }

  /** Has the tab that is shown look at what changed. */
  update(): void {
    this.current?.update();
  }

  private showNamed(name: string): void {
    const tab = this.tabs.find((each) => each.name === name);
    if (tab !== undefined) this.show(tab);
  }

  private show(tab: Tab): void {
    if (tab === this.current) return;
    this.current?.hide();
    this.current = tab;
    for (const [i, each] of this.tabs.entries()) {
      each.element.hidden = each !== tab;
      this.buttons[i]?.setAttribute('aria-selected', String(each === tab));
      this.buttons[i]?.setAttribute('tabindex', each === tab ? '0' : '-1');
    }
    history.replaceState(null, '', `#${tab.name}`);
    tab.update();
    this.dispatchEvent(new Event('change'));
  }

  private move(event: KeyboardEvent): void {
    const here = this.buttons.findIndex((each) => each.matches(':focus'));
    const last = this.buttons.length - 1;
    const to: Record<string, number> = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    };
    const chosen = this.buttons[to[event.key] ?? -1];
    if (here < 0 || chosen === undefined) return;
    event.preventDefault();
    chosen.focus();
    chosen.click();
  }
}
