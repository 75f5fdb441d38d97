/** What a page that embeds one image has to say. */

/** Times are milliseconds since the page was asked for. */
export interface PageResult {
  done: number;
  marks: Readonly<Record<string, number>>;
  embedding: number[];
}
