/** The small texts that stand for files where Git LFS has not fetched them. */

/** How they begin. */
export const LFS_POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\//;

/** What to do about one. */
export const FETCH_BY_LFS = 'fetch the file with git lfs pull';
