/** The program for Node: prints the embedding of an image. */
import { embedImage } from './embed-image.js';

const [modelAddress, image] = process.argv.slice(2);
console.log(JSON.stringify(await embedImage(modelAddress, image)));
