/** A `fetch` as a page has it of another origin, whose server does not expose every header. */

/** Fetches, without `Content-Range` in what comes. */
export const hidingContentRange: typeof fetch = async (input, init) => {
  const { status, headers, body } = await fetch(input, init);
  const visible = new Headers(headers);
  visible.delete('Content-Range');
  return new Response(body, { status, headers: visible });
};
