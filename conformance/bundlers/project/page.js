/** The page: what the test calls. */
import { embedImage } from './embed-image.js';

globalThis.embedImage = embedImage;
