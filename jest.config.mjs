/** Every test runs on the TypeScript sources as native ES modules; swc only strips the types. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '<rootDir>/test/transform.mjs',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  moduleNameMapper: { '^#node/(.*)$': '<rootDir>/$1-node.ts' },
  testMatch: ['<rootDir>/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  // in jest's contexts a global is slow to find; TF.js asks for these in its innermost loops
  sandboxInjectedGlobals: ['Math', 'Array', 'Symbol'],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  setupFilesAfterEnv: ['<rootDir>/test/setup.ts'],
  testSequencer: '<rootDir>/test/sequencer.mjs',
  testTimeout: 60_000,
  // jest's own choice leaves a core idle, which on two cores is half of them
  maxWorkers: 2,
};
