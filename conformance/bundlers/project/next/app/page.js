'use client';
/** The page: what the test calls. */
import { useEffect } from 'react';
import { embedImage } from '../../embed-image.js';

export default function Page() {
  useEffect(() => {
    globalThis.embedImage = embedImage;
  });
  return <p>dinov2-tfjs</p>;
}
