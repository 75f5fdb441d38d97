/**
 * Runs TF.js's specs on one backend, and prints one line of JSON: what passed, failed and was skipped.
 *
 * The entry of the bundle that `main.ts` makes. Arguments: the variant, and a text that names of specs must contain.
 */
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { setTestEnvs } from '@tensorflow/tfjs-core/dist/jasmine_util.js';
import jasmineRequire from 'jasmine-core/lib/jasmine-core/jasmine.js';
import type { SuiteReport } from './suite-report.ts';
import { VARIANTS } from './variants.ts';

/** Milliseconds a spec may take; TF.js's own runners allow as many. */
const TIMEOUT = 20_000;

async function run(name: string, filter: string): Promise<SuiteReport> {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`run-specs: expected the name of a variant, got ${name}`);
  await variant.register();

  const jasmine = jasmineRequire.core(jasmineRequire);
  const environment = jasmine.getEnv({ suppressLoadErrors: true });
  Object.assign(globalThis, jasmineRequire.interface(jasmine, environment));
  jasmine.DEFAULT_TIMEOUT_INTERVAL = TIMEOUT;
  setTestEnvs([{ name, backendName: variant.backend, flags: {}, isDataSync: true }]);
  // the specs register themselves with jasmine, and with the backends that are known by then
  await import('@tensorflow/tfjs-core/dist/tests.js');

  const report: SuiteReport = { passed: 0, pending: 0, failures: [] };
  environment.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === 'passed') report.passed += 1;
      else if (status === 'pending') report.pending += 1;
      else if (status === 'failed') {
        report.failures.push({ name: fullName, messages: failedExpectations.map(({ message }) => message) });
      }
    },
    suiteDone({ fullName, failedExpectations }) {
      if (failedExpectations.length === 0) return;
      report.failures.push({ name: fullName, messages: failedExpectations.map(({ message }) => message) });
    },
  });
  environment.configure({
    random: false,
    specFilter: (spec) => spec.getFullName().includes(filter),
  });
  const { overallStatus, failedExpectations = [] } = await environment.execute();
  const messages = failedExpectations.map(({ message }) => message);
  if (messages.length > 0) report.failures.push({ name: 'the run as a whole', messages });
  if (overallStatus === 'failed' && report.failures.length === 0) {
    report.failures.push({ name: 'the run as a whole', messages: [overallStatus] });
  }
  return report;
}

const [, , name = '', filter = ''] = process.argv;
run(name, filter).then(
  (report) => {
    process.stdout.write(`\n${JSON.stringify(report)}\n`, () => process.exit(0));
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
  },
);
