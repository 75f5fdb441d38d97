/** What bundles for pages have in place of files for Node, by `imports` in `package.json`. */
export {};
