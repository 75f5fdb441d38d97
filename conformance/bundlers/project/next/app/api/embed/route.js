/** The route handler: the embedding of an image of the server. */
import { embedImage } from '../../../../embed-image.js';

export async function GET(request) {
  const { searchParams } = new URL(request.url);
  return Response.json(await embedImage(searchParams.get('model'), searchParams.get('image')));
}
