/** What a PCA basis is made of. */
import type { Foreground } from './foreground.ts';
import type { PrincipalComponents } from './principal-components.ts';

/** What a basis is made of. */
export interface PcaParts extends PrincipalComponents {
  /** [k, 2]: the scores that become the least and the most of a colour */
  readonly range: Float64Array;
  /** undefined where all patches are foreground */
  readonly foreground?: Foreground | undefined;
  /** what a file says beside the tensors; default nothing */
  readonly metadata?: Readonly<Record<string, string>>;
}
