/**
 * The order of test files: the longest first, so that the last core to work has a short one. Jest does so by the times of earlier runs,
 * which a fresh clone has none of; it takes the largest first then, and what a test costs is not in its size.
 */
import Sequencer from '@jest/test-sequencer';

/** The longest, from the longest on; others follow as jest has them. */
const LONGEST = [
  'test/docs/code',
  'test/docs/commands',
  'cli/verbs/embed-resume',
  'cli/examples',
  'lib/families/compile-pretrained',
  'conformance/models.cpu',
  'cli/engines',
  'cli/verbs/train',
  'test/bundles',
  'cli/quiet-and-json',
  'cli/verbs/convert-to-onnx',
  'backends/webgpu/start',
  'backends/tensorflow/load-node',
  'images/preprocess-threads',
].map((name) => `/${name}.test.ts`);

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const rank = ({ path }) => {
      const place = LONGEST.findIndex((name) => path.endsWith(name));
      return place < 0 ? LONGEST.length : place;
    };
    return (await super.sort(tests)).sort((a, b) => rank(a) - rank(b));
  }
}
