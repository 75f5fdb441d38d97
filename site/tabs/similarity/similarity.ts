/** The tab of what is alike: a patch in all images, or all patches of two images. */
import type { App } from '../../app.ts';
import { SelectField } from '../../parts/controls.ts';
import { make } from '../../parts/make.ts';
import type { Part, Tab } from '../../parts/tab-list.ts';
import { imageMatches } from './image-matches.ts';
import { patchAnswers } from './patch-answers.ts';

export function similarityTab(app: App): Tab {
  const parts: Readonly<Record<string, Part>> = { patch: patchAnswers(app), matches: imageMatches(app) };
  const choices = [
    { value: 'patch', text: 'One patch in all images' },
    { value: 'matches', text: 'Matches of two images' },
  ];
  const update = () => {
    for (const [name, part] of Object.entries(parts)) {
      part.element.hidden = name !== mode.value;
      if (part.element.hidden) part.hide();
      else part.update();
    }
  };
  const hide = () => {
    for (const part of Object.values(parts)) part.hide();
  };
  const mode = new SelectField('Compare', choices, update);
  const elements = Object.values(parts).map((part) => part.element);
  const element = make('section', {}, make('div', { class: 'controls modes' }, mode.element), ...elements);
  return { name: 'similarity', title: 'Similarity', element, update, hide };
}
