/** Elements, made in one expression. */

/** What an element is given: attributes, or functions that hear its events under `onclick` and the like. */
export type Properties = Readonly<Record<string, string | number | boolean | ((event: never) => void)>>;

/**
 * Makes an element with attributes, listeners and children.
 *
 * @param properties false leaves an attribute out, and true gives it without a value
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Properties = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

/** A button that does one thing. */
export function button(
  text: string,
  onclick: (event: MouseEvent) => void,
  properties: Properties = {},
): HTMLButtonElement {
  return make('button', { type: 'button', ...properties, onclick }, text);
}

/** An element of the page that `index.html` has. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html: expected an element #${id}, got none`);
  return found;
}
