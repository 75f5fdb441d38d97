/** Two images with lines between the patches that are nearest to one another. */
import type { App } from '../../app.ts';
import type { PageImage } from '../../images.ts';
import { Latest } from '../../latest.ts';
import { SelectField } from '../../parts/controls.ts';
import { emptyState } from '../../parts/empty-state.ts';
import { button, make } from '../../parts/make.ts';
import { countText } from '../../parts/quantities.ts';
import { fileName, saveBlob } from '../../parts/save-blob.ts';
import type { Part } from '../../parts/tab-list.ts';

const LINES = [10, 20, 50].map((value) => ({ value, text: String(value), chosen: value === 20 }));

export function imageMatches(app: App): Part {
  const draw = () => latest.ask();
  const from = new SelectField('From', [], draw);
  const to = new SelectField('To', [], draw);
  const lines = new SelectField('Lines', LINES, draw);
  const picture = make('img', { class: 'matches', alt: '', hidden: true });
  const words = make('p', { class: 'help', 'aria-live': 'polite' });
  const save = button('Save PNG', () => drawn && saveBlob(drawn.blob, drawn.name), { class: 'quiet' });
  const controls = make('div', { class: 'controls' }, from.element, to.element, lines.element, save);
  const empty = emptyState('Two images are needed: add another, and see which of their parts are the same.');
  let drawn: { readonly blob: Blob; readonly name: string } | undefined;
  let isVisible = false;

  const imageOf = ({ value }: SelectField) => app.images.list.find(({ id }) => String(id) === value);
  const compute = async () => {
    const [first, second] = [imageOf(from), imageOf(to)];
    if (!isVisible || first === undefined || second === undefined || app.models.facts === undefined) return;
    try {
      const request = { from: first, to: second, view: app.view.view, lines: Number(lines.value) };
      const answer = await app.client.call('matches', request);
      URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(answer.image);
      picture.alt = `${first.name} and ${second.name} with ${countText(answer.drawn, 'line')} between them`;
      picture.hidden = false;
      words.textContent = `${countText(answer.found, 'pair')} of patches are each other’s nearest; the ${answer.drawn} most alike are drawn.`;
      drawn = { blob: answer.image, name: fileName(first.name, `${fileName(second.name, 'matches.png')}`) };
    } catch (error) {
      app.notice.show(error);
    }
  };
  const latest = new Latest<void>(compute);

  const update = () => {
    isVisible = true;
    const { list } = app.images;
    const isPossible = list.length > 1;
    empty.hidden = isPossible;
    controls.hidden = words.hidden = !isPossible;
    if (!isPossible) picture.hidden = true;
    const [first, second] = chosenPair(app, imageOf(from), imageOf(to));
    from.choices = choicesOf(list, first);
    to.choices = choicesOf(list, second);
    draw();
  };
  const hide = () => {
    isVisible = false;
  };
  return { element: make('div', {}, empty, controls, words, picture), update, hide };
}

/** Those that were chosen as long as they are there, else the image that is chosen in the strip and the one behind it. */
function chosenPair(
  { images: { list, selected } }: App,
  first: PageImage | undefined,
  second: PageImage | undefined,
): [PageImage | undefined, PageImage | undefined] {
  const from = first ?? list.find((each) => each === selected && each !== second);
  const behind = from && list[(list.indexOf(from) + 1) % list.length];
  return [from, second ?? behind];
}

function choicesOf(list: readonly PageImage[], chosen: PageImage | undefined) {
  return list.map((image) => ({ value: image.id, text: image.name, chosen: image === chosen }));
}
