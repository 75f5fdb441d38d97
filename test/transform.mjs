/**
 * What makes ES modules of TypeScript for the tests: swc, which only strips the types, with `Math` as a constant of each module. In jest's
 * contexts a global is slow to find, which is most of the time of a loop over pixels; `sandboxInjectedGlobals` is for CommonJS alone.
 */
import swc from '@swc/jest';

/** On the first line of what there is, so that lines stay as they are. */
const withMath = ({ code, ...rest }) => ({ code: `const Math = globalThis.Math; ${code}`, ...rest });

export default {
  createTransformer(options) {
    const { process, processAsync, ...rest } = swc.createTransformer(options);
    return {
      ...rest,
      process: (...file) => withMath(process(...file)),
      processAsync: async (...file) => withMath(await processAsync(...file)),
      // jest keeps what it has transformed under this key
      getCacheKey: (...file) => `math-${rest.getCacheKey(...file)}`,
    };
  },
};
