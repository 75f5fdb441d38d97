/** Patches of outlying norms, which models without registers have. */
import { OptionError } from '../../../errors/errors.ts';
import { nonNegative, type OptionsOf, readOptions } from '../../../options/rows.ts';
import { quantiles } from '../quantiles.ts';

/** What makes the median absolute deviation of normal values their standard deviation. */
const MAD_TO_DEVIATION = 1.4826;

/** From where on a norm is an artefact's. */
export const ARTEFACTS_OPTIONS = {
  /** the norm above which a patch is an artefact; default: what `deviations` says of the norms given */
  threshold: nonNegative({
    flag: '--threshold <norm>',
    help: 'the norm above which a patch is an artefact (default: far above the rest)',
  }),
  /** how many standard deviations above the median a norm has to be, estimated by the median of absolute deviations; default 6 */
  deviations: nonNegative({
    default: 6,
    flag: '--deviations <n>',
    help: 'how far above the median the threshold is, in standard deviations',
  }),
};

/** From where on a norm is an artefact's. */
export interface ArtefactsOptions extends OptionsOf<typeof ARTEFACTS_OPTIONS> {}

/**
 * Finds patches whose norms are far above the rest: the artefacts of Darcet et al., Vision Transformers Need Registers, 2023.
 *
 * @param norms [N], of `tokenNorms`; of one image, or of several that are to share a threshold
 * @returns [N], 1 where a norm is above the threshold, else 0
 * @throws OptionError if there are no norms
 */
export function artefacts(norms: Float32Array, options: ArtefactsOptions = {}): Uint8Array {
  const threshold = artefactThreshold(norms, options);
  return Uint8Array.from(norms, (norm) => (norm > threshold ? 1 : 0));
}

/**
 * The norm above which `artefacts` finds them. The median and the median of absolute deviations from it say what the rest is: artefacts
 * hardly move them.
 *
 * @param norms [N]
 * @throws OptionError if there are no norms
 */
export function artefactThreshold(norms: Float32Array, options: ArtefactsOptions = {}): number {
  const { threshold, deviations } = readOptions('artefacts', options, ARTEFACTS_OPTIONS);
  if (norms.length === 0) throw new OptionError('artefacts: expected norms, got none');
  if (threshold !== undefined) return threshold;
  const all = Float64Array.from(norms);
  const [median = 0] = quantiles(all, [0.5]);
  const [deviation = 0] = quantiles(
    all.map((norm) => Math.abs(norm - median)),
    [0.5],
  );
  return median + deviations * MAD_TO_DEVIATION * deviation;
}
