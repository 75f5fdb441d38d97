/** How files of weights are named. */

/** The endings of weights files, of whatever format; what is in a file tells its format. */
export const WEIGHTS_ENDING = /\.(safetensors|bin|pth|pt)$/;
