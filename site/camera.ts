/** The camera: a stream of it in a video element. */

/** What to do about each refusal of the browser, by the names of its errors. */
const REMEDIES: Readonly<Record<string, string>> = {
  NotAllowedError:
    "The browser does not let this page use the camera. Allow it beside the page's address, then try again.",
  NotFoundError: 'No camera was found. Connect one, then try again.',
  NotReadableError: 'Another program uses the camera. Close it there, then try again.',
};

/**
 * Starts the camera, the one at the back of a phone first.
 *
 * @param onLost what is done when it is unplugged or taken away: its last frame stays in the video
 * @param signal aborted where it is not wanted any more, as while the browser still asks whether it may: it is let go at once
 * @throws Error saying what to do where there is none, or the browser or the user refuses; the signal's reason once it is aborted
 */
export async function startCamera(
  video: HTMLVideoElement,
  onLost: (error: Error) => void,
  signal: AbortSignal,
): Promise<void> {
  if (navigator.mediaDevices === undefined)
    throw new Error(
      'The camera needs a secure page. Open this page by https:, or on this machine by localhost.',
    );
  const stream = await openCamera().catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
  if (signal.aborted) letGo(stream);
  signal.throwIfAborted();
  for (const track of stream.getTracks()) {
    track.addEventListener('ended', () =>
      onLost(new Error('The camera is gone. Connect it, then start it again.')),
    );
  }
  video.srcObject = stream;
  await video.play();
}

/** Lets it go; its light goes off. */
export function stopCamera(video: HTMLVideoElement): void {
  if (video.srcObject instanceof MediaStream) letGo(video.srcObject);
  video.srcObject = null;
}

async function openCamera(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      video: { facingMode: 'environment', width: { ideal: 640 } },
    });
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    throw new Error(REMEDIES[name] ?? `The camera could not be started: ${error}. Try another one.`);
  }
}

function letGo(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
