/** Every kernel that can be recorded. */
import { ELEMENT_WISE } from './element-wise.ts';
import { FUSED } from './fused.ts';
import { IMAGES } from './images.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';
import type { KernelRules } from './rule.ts';
import { STRUCTURE } from './structure.ts';

/** The rules by the kernel's name. */
export const KERNEL_RULES: KernelRules = {
  ...ELEMENT_WISE,
  ...REDUCTIONS,
  ...STRUCTURE,
  ...PRODUCTS,
  ...IMAGES,
  ...FUSED,
};
