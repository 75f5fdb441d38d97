/** What the last answer took, what computes, the memory, and what would make it faster. */
import type { App } from '../app.ts';
import type { Cost, DeviceFacts } from '../protocol.ts';
import { byId } from './make.ts';
import { MemoryFigure } from './memory-figure.ts';
import { timeText } from './quantities.ts';

/** Starts the device and keeps the line as things are. */
export async function showStatus(app: App): Promise<void> {
  const memory = new MemoryFigure();
  app.client.addEventListener('cost', (event) => {
    const cost = (event as CustomEvent<Cost>).detail;
    byId('time').textContent = timeText(cost.took);
    memory.update(cost.memory);
  });
  app.client.addEventListener('busy', () => document.body.classList.add('busy'));
  app.client.addEventListener('idle', () => document.body.classList.remove('busy'));
  try {
    const facts = await app.client.call('device', {});
    byId('device').textContent = facts.backend;
    byId('threads').textContent = String(facts.threads);
    byId('hint').textContent = hintOf(facts);
  } catch (error) {
    app.notice.show(error);
  }
}

/** What would make it faster; nothing where all cores are used. */
function hintOf({ threads, cores, isolated, backend }: DeviceFacts): string {
  if (backend !== 'simd') return 'A browser with SIMD in WebAssembly would compute much faster.';
  if (isolated || cores < 2 || threads > 1) return '';
  return `Faster on ${cores} threads: serve this page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.`;
}
