/** Every check of the site. */
import { accessChecks } from './checks/access.ts';
import { attentionChecks } from './checks/attention.ts';
import { colouringChecks } from './checks/colourings.ts';
import { featureChecks } from './checks/features.ts';
import { hubChecks } from './checks/hub.ts';
import { imageChecks } from './checks/images.ts';
import { keyboardChecks } from './checks/keyboard.ts';
import { labelChecks } from './checks/labels.ts';
import { liveChecks } from './checks/live.ts';
import { modelChecks } from './checks/models.ts';
import { similarityChecks } from './checks/similarity.ts';
import { statusChecks } from './checks/status.ts';
import type { SiteCheck } from './site-check.ts';

export const CHECKS: readonly SiteCheck[] = [
  ...featureChecks,
  ...colouringChecks,
  ...attentionChecks,
  ...similarityChecks,
  ...labelChecks,
  ...liveChecks,
  ...imageChecks,
  ...modelChecks,
  ...hubChecks,
  ...statusChecks,
  ...accessChecks,
  ...keyboardChecks,
];
