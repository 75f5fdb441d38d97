/** The working memory of a pickle: a stack with marks, and a memo. */
import type { PickleFailure, PickleValue } from './values.ts';

const MAX_STACK = 1_000_000;

/** Values that operations take and leave; never reaches below the last mark. */
export class PickleStack {
  private readonly values: PickleValue[] = [];
  /** heights at which marks stand */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PickleValue>();
  private readonly fail: PickleFailure;

  constructor(fail: PickleFailure) {
    this.fail = fail;
  }

  push(value: PickleValue): void {
    if (this.values.length >= MAX_STACK) this.fail(`at most ${MAX_STACK} values at once`, 'more');
    this.values.push(value);
  }

  mark(): void {
    if (this.marks.length >= MAX_STACK) this.fail(`at most ${MAX_STACK} marks at once`, 'more');
    this.marks.push(this.values.length);
  }

  /** Takes the last values, in the order in which they were pushed. */
  popItems(count: number): PickleValue[] {
    const available = this.values.length - (this.marks.at(-1) ?? 0);
    if (available < count) return this.fail(`values on the stack: ${count}`, `${available}`);
    return this.values.splice(this.values.length - count, count);
  }

  pop(): PickleValue {
    const [value = null] = this.popItems(1);
    return value;
  }

  /** Takes everything above the last mark, and the mark. */
  popToMark(): PickleValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) return this.fail('a mark on the stack', 'none');
    return this.values.splice(mark);
  }

  /** Takes the last value; where there is none above the last mark, the mark. */
  drop(): void {
    const isEmpty = this.values.length === (this.marks.at(-1) ?? 0);
    if (isEmpty && this.marks.length > 0) this.marks.pop();
    else this.pop();
  }

  top(): PickleValue {
    const value = this.values.length > (this.marks.at(-1) ?? 0) ? this.values.at(-1) : undefined;
    return value === undefined ? this.fail('a value on the stack', 'none') : value;
  }

  /** The value that is left at the end. */
  result(): PickleValue {
    const value = this.pop();
    const rest = this.values.length + this.marks.length;
    if (rest > 0) this.fail('one value at the end', `${rest} more`);
    return value;
  }

  /** Keeps the top of the stack in the memo, by default behind all that is there. */
  remember(index = this.memo.size): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): PickleValue {
    const value = this.memo.get(index);
    return value === undefined ? this.fail(`the value ${index} in the memo`, 'none yet') : value;
  }
}
