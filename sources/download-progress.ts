/** Progress of a download. */

/** How much of a file has arrived. */
export interface DownloadProgress {
  file: string;
  /** bytes */
  loaded: number;
  /** bytes; undefined if the server doesn't say */
  total: number | undefined;
}
