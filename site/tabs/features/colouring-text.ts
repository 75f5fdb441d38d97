/** What the colours of patches mean, in words. */
import type { ColouringChoice, ColouringFacts } from '../../protocol.ts';

/** @param of where it is from, such as `found on 10 images` */
export function colouringText(facts: ColouringFacts, choice: ColouringChoice, of: string): string {
  if (facts.kind === 'segments') {
    return `Patches in ${facts.k} groups by k-means, without labels: those of one colour are alike, in all images. The groups were ${of}.`;
  }
  if (facts.kind === 'norms') {
    const [dark, bright] = facts.range.map((each) => each.toPrecision(3));
    return `How long the features of patches are, before the final norm: from ${dark}, dark, to ${bright}, bright, ${of}. A lone bright patch often holds what the model keeps for itself.`;
  }
  const sum = Math.round(100 * facts.explained.reduce((total, each) => total + each, 0));
  const background = choice.kind === 'pca' && choice.foreground !== 'none' ? ' Background is black.' : '';
  return `Alike parts have alike colours. Red, green and blue are the three directions in which patches differ most: ${sum} % of their variance, ${of}.${background}`;
}
