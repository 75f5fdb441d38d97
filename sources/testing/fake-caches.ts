/** Cache Storage in memory, as far as it is used: what Node has not. */

/** Installs it as the global `caches`, and takes it away again. */
export class FakeCaches {
  /** keys and bodies, across all caches */
  readonly entries = new Map<string, Uint8Array>();
  /** bytes that fit */
  quota = Number.POSITIVE_INFINITY;
  /** so many are done before the page is closed */
  deletions = Number.POSITIVE_INFINITY;
  /** whether opening it is forbidden, as in a private window */
  isForbidden = false;

  install(): this {
    Reflect.set(globalThis, 'caches', { open: async () => this.cache() });
    return this;
  }

  remove(): void {
    Reflect.deleteProperty(globalThis, 'caches');
  }

  private cache(): object {
    if (this.isForbidden) throw new DOMException('forbidden', 'SecurityError');
    const keyOf = (request: Request | string): string =>
      typeof request === 'string' ? request : request.url;
    return {
      match: async (request: string) => {
        const bytes = this.entries.get(new Request(request).url);
        return bytes && new Response(new Uint8Array(bytes));
      },
      put: async (request: string, response: Response) => {
        const bytes = new Uint8Array(await response.arrayBuffer());
        const used = [...this.entries.values()].reduce((sum, { length }) => sum + length, 0);
        if (used + bytes.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
        this.entries.set(new Request(request).url, bytes);
      },
      keys: async () => [...this.entries.keys()].map((url) => new Request(url)),
      delete: async (request: Request | string) => {
        if (this.deletions-- <= 0) throw new DOMException('closed', 'AbortError');
        return this.entries.delete(keyOf(request));
      },
    };
  }
}
