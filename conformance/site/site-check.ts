/** What a check of the site is, and what it is given. */
import type { Page } from 'playwright-core';
import type { Headers, SiteServer } from './server.ts';

/** What a check works with. */
export interface Visit {
  readonly page: Page;
  readonly server: SiteServer;
  /** where the page is */
  readonly address: string;
  /** notes something that is not as it should be, unless the condition holds */
  expect(holds: boolean, otherwise: string): void;
}

/** Something that a visitor does on a fresh page. */
export interface SiteCheck {
  readonly name: string;
  /** default `isolated` */
  readonly headers?: Headers;
  /** pixels; default 1440 */
  readonly width?: number;
  readonly colorScheme?: 'dark';
  /** without a camera, or one that the browser does not give */
  readonly camera?: 'refused';
  /** whether the Hub may be asked, which the server of models stands in for */
  readonly hub?: true;
  run(visit: Visit): Promise<void>;
}

/** How long anything may take on a busy machine. */
export const PATIENCE_MS = 60_000;
