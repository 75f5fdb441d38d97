/** Rollup with what it needs for packages of npm. */
import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';

export default {
  input: 'page.js',
  output: { dir: 'built/rollup' },
  plugins: [nodeResolve(), commonjs()],
};
