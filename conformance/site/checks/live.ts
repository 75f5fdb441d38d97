/** The tab with the camera. */
import type { SiteCheck } from '../site-check.ts';
import { openTab, settled } from '../visitor.ts';

const moving = (headers: 'isolated' | 'plain', width: number): SiteCheck => ({
  name: `live: the camera in colours, with its rate, until it is stopped, ${headers}, ${width} px`,
  headers,
  width,
  async run({ page, expect }) {
    await settled(page);
    await openTab(page, 'Live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    const rate = page.locator('.rate', { hasText: /^\d+\.\d frames per second$/ });
    await rate.waitFor();
    const canvas = page.locator('.live canvas');
    const pixels = () => canvas.evaluate((each: HTMLCanvasElement) => each.toDataURL());
    const first = await pixels();
    await page.waitForTimeout(500);
    expect((await pixels()) !== first, 'the camera stands still');
    await page.getByRole('button', { name: 'New colours' }).click();
    await rate.waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    expect(!(await canvas.isVisible()), 'the camera is shown when it is stopped');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await rate.waitFor();
    await openTab(page, 'Labels');
    const tracks = await page
      .locator('.live video')
      .evaluate((video: HTMLVideoElement) => video.srcObject === null);
    expect(tracks, 'the camera goes on on another tab');
  },
});

/** A camera that is unplugged, or taken away by the browser, leaves its last frame in the video, from which frames could be made for ever. */
const lost: SiteCheck = {
  name: 'live: a camera that is lost ends it, with what to do',
  async run({ page, expect }) {
    await settled(page);
    await openTab(page, 'Live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.rate', { hasText: 'frames per second' }).waitFor();
    await page.locator('.live video').evaluate((video: HTMLVideoElement) => {
      if (!(video.srcObject instanceof MediaStream)) throw new Error('no camera');
      video.srcObject.getTracks()[0]?.dispatchEvent(new Event('ended'));
    });
    await page.getByText('The camera is gone. Connect it, then start it again.').waitFor();
    expect(!(await page.locator('.live canvas').isVisible()), 'what a lost camera saw is shown');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.rate', { hasText: 'frames per second' }).waitFor();
  },
};

/** Whoever changes their mind while the browser still asks must not be left with a camera that is on. */
const unwanted: SiteCheck = {
  name: 'live: a camera that comes when it is not wanted any more is let go',
  async run({ page, expect }) {
    await settled(page);
    await page.evaluate(() => {
      const media = navigator.mediaDevices;
      const ask = media.getUserMedia.bind(media);
      media.getUserMedia = async (constraints) => {
        await new Promise((allow) => addEventListener('allow', allow, { once: true }));
        const stream = await ask(constraints);
        addEventListener('look', () => {
          const isOn = stream.getTracks().some((track) => track.readyState === 'live');
          document.body.dataset.cameras = (document.body.dataset.cameras ?? '') + (isOn ? 'on ' : 'off ');
        });
        document.body.dataset.given = 'yes';
        return stream;
      };
    });
    await page.getByRole('button', { name: 'Camera' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.evaluate(() => dispatchEvent(new Event('allow')));
    await page.locator('body[data-given]').waitFor();
    await page.waitForTimeout(200);
    await page.evaluate(() => dispatchEvent(new Event('look')));
    const cameras = await page.locator('body').getAttribute('data-cameras');
    expect(cameras === 'off ', `the camera of a dialog that was closed: ${cameras}`);
    expect(!(await page.locator('#notice p').isVisible()), 'a camera that is not wanted is told of');
  },
};

export const liveChecks: readonly SiteCheck[] = [
  moving('isolated', 1440),
  moving('plain', 360),
  lost,
  unwanted,
];
