/**
 * `require` for TF.js's core in Node, which asks for `util` by it while it is loaded. A bundler that makes an ES module of
 * it leaves the program without one. Imported before all else by whatever the package exports that loads TF.js.
 *
 * It is there until the modules that are loaded along have run, and not longer: a global `require` would tell other
 * code that it is CommonJS.
 */
const createRequire =
  typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('module').createRequire;

if (createRequire !== undefined && !('require' in globalThis)) {
  Object.defineProperty(globalThis, 'require', {
    configurable: true,
    value: createRequire(`${process.cwd()}/`),
  });
  queueMicrotask(() => Reflect.deleteProperty(globalThis, 'require'));
}
