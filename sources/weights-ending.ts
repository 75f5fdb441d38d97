/** Endings of the names of weights files. */

/** The endings of weights files, of whatever format; what is in a file tells its format. */
export const WEIGHTS_ENDING = /\.(safetensors|bin|pth|pt|ckpt|pth\.tar)$/;

/** Those of files that are looked for under any name. */
export const NAMED_FREELY = /\.(safetensors|pth|pt|ckpt|pth\.tar)$/;
