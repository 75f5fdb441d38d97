/** How long the library's own functions take, apart from what the page does around them. */
class LibraryTime {
  /** milliseconds since the start */
  spent = 0;

  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.spent += performance.now() - start;
    }
  }
}

export const libraryTime = new LibraryTime();
