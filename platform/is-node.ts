/** Where the program runs. */

/** Whether this runs in Node. */
export const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
