/** Fields with their labels. */
import { make, type Properties } from './make.ts';

/** One of a list. */
export interface Choice {
  readonly value: string | number;
  readonly text: string;
  readonly chosen?: boolean;
}

/** A list to choose from; its choices can be exchanged. */
export class SelectField {
  readonly element: HTMLLabelElement;
  private readonly select: HTMLSelectElement;

  constructor(label: string, choices: readonly Choice[], onchange: (value: string) => void) {
    this.select = make('select', { onchange: () => onchange(this.select.value) });
    this.element = make('label', { class: 'control' }, make('span', {}, label), this.select);
    this.choices = choices;
  }

  get value(): string {
    return this.select.value;
  }

  set value(value: string) {
    this.select.value = value;
  }

  set choices(choices: readonly Choice[]) {
    const options = choices.map(({ value, text, chosen = false }) =>
      make('option', { value, selected: chosen }, text),
    );
    this.select.replaceChildren(...options);
  }
}

/** Something that is on or off. */
export class CheckField {
  readonly element: HTMLLabelElement;
  private readonly input: HTMLInputElement;

  constructor(label: string, onchange: (isOn: boolean) => void, properties: Properties = {}) {
    this.input = make('input', {
      type: 'checkbox',
      ...properties,
      onchange: () => onchange(this.input.checked),
    });
    this.element = make('label', { class: 'control inline' }, this.input, make('span', {}, label));
  }

  get checked(): boolean {
    return this.input.checked;
  }

  set checked(isOn: boolean) {
    this.input.checked = isOn;
  }
}

/** A slider from 0 to 100 % that says how much of what lies over images is seen; styles read it as `--opacity`. */
export class OpacityField {
  readonly element: HTMLLabelElement;
  private readonly input: HTMLInputElement;

  /** @param container where styles read it */
  constructor(container: HTMLElement, percent: number) {
    const oninput = () => container.style.setProperty('--opacity', String(this.value));
    this.input = make('input', { type: 'range', min: 0, max: 100, value: percent, oninput });
    this.element = make('label', { class: 'control' }, make('span', {}, 'Over the image'), this.input);
    oninput();
  }

  /** from 0 to 1 */
  get value(): number {
    return Number(this.input.value) / 100;
  }
}
