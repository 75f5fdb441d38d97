/** Progress of a file that is loaded. */

/** How much of a file has arrived, from wherever it is. */
export interface DownloadProgress {
  file: string;
  /** bytes */
  loaded: number;
  /** bytes; undefined if the server doesn't say */
  total: number | undefined;
}
