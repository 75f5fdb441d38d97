/** Every check of the site. */
import { accessChecks } from './checks/access.ts';
import { imageChecks } from './checks/images.ts';
import { labelChecks } from './checks/labels.ts';
import { modelChecks } from './checks/models.ts';
import type { SiteCheck } from './site-check.ts';

export const CHECKS: readonly SiteCheck[] = [...labelChecks, ...imageChecks, ...modelChecks, ...accessChecks];
