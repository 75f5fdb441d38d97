/** Vite as it is, in a folder that is served below a path; a codec is larger than it likes. */
export default { base: './', build: { outDir: 'built/vite', chunkSizeWarningLimit: 2000 } };
