/** The part of jasmine-core this room uses; the package has no declarations. */
declare module 'jasmine-core/lib/jasmine-core/jasmine.js' {
  /** What jasmine tells of a spec that is done. */
  export interface SpecResult {
    fullName: string;
    status: 'passed' | 'failed' | 'pending' | 'excluded';
    failedExpectations: { message: string; stack?: string }[];
  }

  export interface SuiteResult {
    fullName: string;
    failedExpectations: { message: string; stack?: string }[];
  }

  export interface Reporter {
    specDone(result: SpecResult): void;
    suiteDone(result: SuiteResult): void;
  }

  export interface Environment {
    configure(options: { random: boolean; specFilter: (spec: { getFullName(): string }) => boolean }): void;
    addReporter(reporter: Reporter): void;
    execute(): Promise<{ overallStatus: string; failedExpectations?: { message: string; stack?: string }[] }>;
  }

  export interface Jasmine {
    DEFAULT_TIMEOUT_INTERVAL: number;
    getEnv(options?: { suppressLoadErrors: boolean }): Environment;
  }

  const jasmineRequire: {
    core(required: unknown): Jasmine;
    interface(jasmine: Jasmine, environment: Environment): Record<string, unknown>;
  };
  export default jasmineRequire;
}
