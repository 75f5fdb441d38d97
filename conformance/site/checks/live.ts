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

export const liveChecks: readonly SiteCheck[] = [moving('isolated', 1440), moving('plain', 360), lost];
