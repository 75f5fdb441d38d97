/** webpack as it is, but for its word on the size of files. */
export default {
  mode: 'production',
  entry: './page.js',
  output: { path: `${import.meta.dirname}/built/webpack`, filename: 'page.js' },
  performance: { hints: false },
};
