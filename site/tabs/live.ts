/** The tab that shows the camera in the colours of its features. */
import type { App } from '../app.ts';
import { startCamera, stopCamera } from '../camera.ts';
import { button, make } from '../parts/make.ts';
import { isAbort } from '../parts/notice.ts';
import { paint } from '../parts/paint.ts';
import type { Tab } from '../parts/tab-list.ts';

/** Milliseconds over which frames are counted. */
const COUNTED = 2000;

export function liveTab(app: App): Tab {
  return new LiveTab(app);
}

class LiveTab implements Tab {
  readonly name = 'live';
  readonly title = 'Live';
  readonly element = make('section');
  private readonly app: App;
  private readonly video = make('video', { playsinline: true, 'aria-label': 'What the camera sees' });
  private readonly canvas = make('canvas', {
    role: 'img',
    'aria-label': 'The camera in the colours of its features',
  });
  private readonly rate = make('output', { class: 'rate' });
  private readonly start = button('Start the camera', () => void this.toggle(), { class: 'primary' });
  private readonly again = button('New colours', () => this.refit(), { disabled: true });
  private readonly body = make('div', { class: 'live', hidden: true });
  private running: AbortController | undefined;
  private readonly reader = readableCanvas();
  private wantsFit = true;

  constructor(app: App) {
    this.app = app;
    this.video.muted = true;
    const help =
      'Each frame in the colours of its features. Colours are found on the first frames and stay, so that what moves keeps its colour.';
    this.body.append(make('figure', {}, this.video), make('figure', {}, this.canvas));
    this.element.append(
      make('div', { class: 'controls' }, this.start, this.again, this.rate),
      make('p', { class: 'help' }, help),
      this.body,
    );
  }

  /** A model or a resolution that is new has new colours. */
  update(): void {
    this.wantsFit = true;
  }

  hide(): void {
    this.stop();
  }

  private refit(): void {
    this.wantsFit = true;
  }

  private async toggle(): Promise<void> {
    if (this.running !== undefined) return this.stop();
    const running = new AbortController();
    this.running = running;
    this.start.textContent = 'Stop';
    try {
      const onLost = (error: Error) => {
        this.app.notice.show(error);
        this.stop();
      };
      await startCamera(this.video, onLost, running.signal);
      running.signal.throwIfAborted();
      this.body.hidden = false;
      this.again.disabled = false;
      this.wantsFit = true;
      await this.show(running.signal);
    } catch (error) {
      if (!isAbort(error)) this.app.notice.show(error);
      if (this.running === running) this.stop();
    }
  }

  private stop(): void {
    this.running?.abort();
    this.running = undefined;
    stopCamera(this.video);
    this.start.textContent = 'Start the camera';
    this.again.disabled = true;
    this.rate.textContent = '';
    this.body.hidden = true;
  }

  /**
   * What the camera sees now, in twice the pixels of the view: the browser makes it smaller sooner than the library does. Pixels are read
   * of a canvas that is made for it, which takes a fraction of what an ImageBitmap takes that the worker has to draw first.
   */
  private frame(size: number): ImageData {
    const { videoWidth, videoHeight } = this.video;
    this.canvas.style.aspectRatio = `${videoWidth} / ${videoHeight}`;
    const scale = Math.min(1, (2 * size) / Math.min(videoWidth, videoHeight));
    const [width, height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
    const { canvas } = this.reader;
    if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
    this.reader.imageSmoothingQuality = 'medium';
    this.reader.drawImage(this.video, 0, 0, width, height);
    return this.reader.getImageData(0, 0, width, height);
  }

  /** Frame after frame: the next one is taken when the worker is free, so that none waits. */
  private async show(signal: AbortSignal): Promise<void> {
    const times: number[] = [];
    while (!signal.aborted) {
      const { view, smooth } = this.app.view;
      const frame = this.frame(view.size);
      const request = { frame, view, refit: this.wantsFit, smooth };
      this.wantsFit = false;
      const { over, fitting } = await this.app.client.call('frame', request, {
        signal,
        transfer: [frame.data.buffer],
      });
      paint(this.canvas, over);
      const now = performance.now();
      times.push(now);
      while (now - (times[0] ?? now) > COUNTED) times.shift();
      const rate = ((times.length - 1) * 1000) / (now - (times[0] ?? now));
      this.rate.textContent =
        fitting || times.length < 3 ? 'finding colours …' : `${rate.toFixed(1)} frames per second`;
    }
  }
}

/** A canvas whose pixels are read for each frame. */
function readableCanvas(): CanvasRenderingContext2D {
  const context = make('canvas').getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('Live needs a browser that draws on a canvas.');
  return context;
}
