/** What one run of the suite found. */

export interface SpecFailure {
  /** the spec's full name, its suites included */
  name: string;
  messages: string[];
}

export interface SuiteReport {
  passed: number;
  /** specs that their authors disabled */
  pending: number;
  failures: SpecFailure[];
}
