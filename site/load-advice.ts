/** What to do about a model that could not be loaded. */

/** What messages of the library have in common, and what helps. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /got 40[13]\b/,
    'The model is private or gated, or there is none of this name. Check the spelling; if it is gated, download its files with an account that may have them, and drop them in the dialog of models.',
  ],
  [/got (429|5\d\d)\b/, 'The server is busy: try again in a while. What has arrived is kept.'],
  [
    /expected an answer/,
    'Check the connection and the address; what has arrived is kept, and models that are kept can be used meanwhile. If it is a server of your own, it has to allow this page by the header Access-Control-Allow-Origin.',
  ],
  [
    /404|config\.json|\.safetensors/,
    'Check the spelling: an id on the Hub is owner/name, and an address is that of a folder with config.json and model.safetensors.',
  ],
];

/** An error with what to do behind what the library said; one that nothing is known of stays as it is. */
export function withAdvice(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [, advice] = ADVICE.find(([pattern]) => pattern.test(error.message)) ?? [];
  return advice === undefined ? error : new Error(`${error.message}. ${advice}`, { cause: error });
}
