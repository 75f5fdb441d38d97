/** One call at a time: while it is underway, only the last of those that are asked for meanwhile is kept. */
export class Latest<Argument> {
  private readonly work: (argument: Argument) => Promise<void>;
  private waiting: { readonly argument: Argument } | undefined;
  private isBusy = false;

  /** @param work shows its own errors */
  constructor(work: (argument: Argument) => Promise<void>) {
    this.work = work;
  }

  ask(argument: Argument): void {
    this.waiting = { argument };
    if (!this.isBusy) void this.pursue();
  }

  private async pursue(): Promise<void> {
    this.isBusy = true;
    while (this.waiting !== undefined) {
      const { argument } = this.waiting;
      this.waiting = undefined;
      await this.work(argument);
    }
    this.isBusy = false;
  }
}
