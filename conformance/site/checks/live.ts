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

export const liveChecks: readonly SiteCheck[] = [moving('isolated', 1440), moving('plain', 360)];
