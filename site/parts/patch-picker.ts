/** Choosing a patch of an image: by pointing and clicking, or with arrow keys and Enter. */
import type { GridFacts } from '../protocol.ts';
import { make } from './make.ts';

/** What is done with patches, numbered row by row. */
export interface PickerEvents {
  /** looked at, by the pointer or the keys; undefined when it leaves */
  hover?(patch: number | undefined): void;
  choose(patch: number): void;
  /** Escape */
  clear?(): void;
}

export class PatchPicker {
  readonly element: HTMLElement;
  private readonly name: string;
  private readonly events: PickerEvents;
  private readonly cursor = make('div', { class: 'cursor', hidden: true });
  private readonly mark = make('div', { class: 'mark', hidden: true });
  private grid: GridFacts | undefined;
  private at: number | undefined;

  /**
   * @param name of the image, for screen readers
   * @param content what is shown
   */
  constructor(name: string, content: HTMLElement, events: PickerEvents) {
    this.name = name;
    this.events = events;
    this.element = make(
      'div',
      {
        class: 'picker',
        role: 'application',
        'aria-roledescription': 'patches',
        tabindex: 0,
        onpointermove: (event: PointerEvent) => this.moveTo(this.patchUnder(event)),
        onpointerleave: () => this.moveTo(undefined),
        onblur: () => this.moveTo(undefined),
        onclick: (event: MouseEvent) => this.choose(this.patchUnder(event)),
        onkeydown: (event: KeyboardEvent) => this.press(event),
      },
      content,
      this.mark,
      this.cursor,
    );
    this.describe();
  }

  /** @param grid undefined where there are no patches yet */
  set patches(grid: GridFacts | undefined) {
    this.grid = grid;
    this.moveTo(undefined);
  }

  /** Marks the patch that is chosen. */
  set chosen(patch: number | undefined) {
    this.place(this.mark, patch);
    this.describe(patch);
  }

  private moveTo(patch: number | undefined): void {
    if (patch === this.at) return;
    this.at = patch;
    this.place(this.cursor, patch);
    if (patch !== undefined) this.describe(patch);
    this.events.hover?.(patch);
  }

  private choose(patch: number | undefined): void {
    if (patch !== undefined) this.events.choose(patch);
  }

  private press(event: KeyboardEvent): void {
    if (this.grid === undefined) return;
    const { rows, columns } = this.grid;
    const middle = Math.floor(rows / 2) * columns + Math.floor(columns / 2);
    const from = this.at ?? middle;
    const [row, column] = [Math.floor(from / columns), from % columns];
    const steps: Record<string, readonly [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    };
    const step = steps[event.key];
    if (step !== undefined) {
      const to = (place: number, by: number, count: number) => Math.min(count - 1, Math.max(0, place + by));
      this.moveTo(
        this.at === undefined ? middle : to(row, step[0], rows) * columns + to(column, step[1], columns),
      );
    } else if (event.key === 'Enter' || event.key === ' ') this.choose(this.at ?? middle);
    else if (event.key === 'Escape') this.events.clear?.();
    else return;
    event.preventDefault();
  }

  private patchUnder({ clientX, clientY }: MouseEvent): number | undefined {
    if (this.grid === undefined) return undefined;
    const { rows, columns } = this.grid;
    const { left, top, width, height } = this.element.getBoundingClientRect();
    const column = Math.floor(((clientX - left) / width) * columns);
    const row = Math.floor(((clientY - top) / height) * rows);
    const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
    return isInside ? row * columns + column : undefined;
  }

  /** Puts a frame around a patch. */
  private place(frame: HTMLElement, patch: number | undefined): void {
    frame.hidden = patch === undefined || this.grid === undefined;
    if (patch === undefined || this.grid === undefined) return;
    const { rows, columns } = this.grid;
    const percent = (place: number, count: number) => `${(100 * place) / count}%`;
    frame.style.left = percent(patch % columns, columns);
    frame.style.top = percent(Math.floor(patch / columns), rows);
    frame.style.width = percent(1, columns);
    frame.style.height = percent(1, rows);
  }

  private describe(patch?: number): void {
    const { columns = 1 } = this.grid ?? {};
    const place =
      patch === undefined
        ? 'arrow keys move, Enter chooses'
        : `row ${Math.floor(patch / columns) + 1}, column ${(patch % columns) + 1}`;
    this.element.setAttribute('aria-label', `Patches of ${this.name}: ${place}`);
  }
}
