/** What visitors of the site do in several checks. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

const EXAMPLES = fileURLToPath(new URL('../../../examples/pictures/', import.meta.url));

/** The path of an example image, such as `photos/chelsea.jpg`. */
export function example(name: string): string {
  return EXAMPLES + name;
}

/** Until the page has its model, its ten images, and what the first tab makes of them. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('.model b')?.textContent === 'digits' &&
      document.querySelectorAll('#strip li').length === 10 &&
      !document.body.classList.contains('busy'),
  );
}

/** Until the worker has nothing to do. */
export async function idle(page: Page): Promise<void> {
  await page.waitForFunction(() => !document.body.classList.contains('busy'));
}

export async function openTab(page: Page, title: string): Promise<void> {
  await page.getByRole('tab', { name: title }).click();
}

/** Loads a model by its address, as it is typed into the dialog. */
export async function loadAddress(page: Page, address: string): Promise<void> {
  await page.locator('.model').click();
  await page.getByLabel('Hub id or address').fill(address);
  await page.getByRole('button', { name: 'Load', exact: true }).click();
}

/** Until a model is loaded. */
export async function modelNamed(page: Page, name: string): Promise<void> {
  await page.locator('.model b', { hasText: name }).waitFor();
}

/** Drops files on the page. */
export async function drop(page: Page, files: readonly { name: string; path: string }[]): Promise<void> {
  const contents = await Promise.all(
    files.map(async ({ name, path }) => ({ name, base64: (await readFile(path)).toString('base64') })),
  );
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
    }
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true }));
  }, contents);
}

/** Drops a file or folder of this machine on the middle of the page, as a file manager does. */
export async function dropPath(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, x: 600, y: 500, data });
  await session.detach();
}

/** A file that the page hands out. */
export async function download(
  page: Page,
  click: () => Promise<void>,
): Promise<{ name: string; path: string }> {
  const [file] = await Promise.all([page.waitForEvent('download'), click()]);
  return { name: file.suggestedFilename(), path: await file.path() };
}

/** The text of what went wrong. */
export async function noticeOf(page: Page): Promise<string> {
  return (await page.locator('#notice p').textContent()) ?? '';
}

/** Until as many megabytes of a model have arrived as the page says. */
export async function arrived(page: Page, least: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    const [, amount] = /: (\d+) MB of/.exec(document.querySelector('.download p')?.textContent ?? '') ?? [];
    return Number(amount) >= wanted;
  }, least);
}

/** Until that many images have their colours. */
export async function coloured(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.feature-card .over:not([hidden])').length === wanted,
    count,
  );
  await idle(page);
}

/** The bytes of what lies over an image. */
export async function overOf(page: Page, name: string): Promise<string> {
  const card = page.locator('.feature-card', { has: page.getByText(name, { exact: true }) });
  return card.locator('.over').evaluate(async (image: HTMLImageElement) => {
    const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
    return bytes.join();
  });
}

/** Until what was changed has been computed: work begins a moment after a change. */
export async function worked(page: Page): Promise<void> {
  await page.waitForTimeout(400);
  await idle(page);
}

/** Chooses one of a list on the tab that is shown, by the words that its label begins with. */
export async function choose(
  page: Page,
  label: string,
  choice: string | { readonly label: string },
): Promise<void> {
  const field = page.locator('[role=tabpanel]:not([hidden]) label', { hasText: new RegExp(`^${label}`) });
  await field.locator('select').selectOption(choice);
}
