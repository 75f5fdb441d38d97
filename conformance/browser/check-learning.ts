/** In the page: what is learnt from a folder of images is what Node learns, bit for bit. */
import { registerSimd } from '../../backends/simd/register.ts';
import { fetchBytes } from './check-references.ts';
import type { Findings } from './findings.ts';
import { learnDigits } from './learn-digits.ts';

/** Of the images that were set aside, at least. */
const LEAST_ACCURACY = 0.8;

/** @param labelled paths of images below `digit-classes/` */
export async function checkLearning(
  root: URL,
  labelled: readonly string[],
  findings: Findings,
): Promise<void> {
  // relaxed SIMD rounds as the processor does, and Node 20 has none
  await registerSimd({ relaxed: false });
  const chosen = await Promise.all(
    labelled.map(async (path) => {
      const bytes = await fetchBytes(new URL(`images/digit-classes/${path}`, root));
      return { path: `digit-classes/${path}`, file: new Blob([new Uint8Array(bytes)]) };
    }),
  );
  await findings.gather('folder of images learnt from', 'digit-classes', async () => {
    const { files, accuracies, misses } = await learnDigits(new URL('models/digits/', root), chosen);
    const wrong = [...misses];
    for (const [name, accuracy] of Object.entries(accuracies))
      if (!(accuracy >= LEAST_ACCURACY)) wrong.push(`${name}: accuracy ${accuracy}`);
    for (const [name, bytes] of Object.entries(files)) {
      const expected = await fetchBytes(new URL(`learnt/${name}`, root));
      const same = bytes.length === expected.length && bytes.every((byte, i) => byte === expected[i]);
      if (!same) wrong.push(`${name}: differs from what Node has`);
    }
    return wrong;
  });
}
