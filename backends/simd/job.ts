/** A job as the main thread hands it out: its kind, and its parameters by the names of their slots. */
import { FIRST_FLOAT, KIND, PARAMETERS } from './control-block.ts';

/** A number for every slot; for a list, the numbers of its slot and of those that follow. */
export type JobParameters<Slots extends object, List extends keyof Slots = never> = Readonly<
  Record<Exclude<keyof Slots, List>, number>
> &
  Readonly<Record<List, readonly number[]>>;

/** One of `job-kinds.ts`, and where it finds its parameters; the types refuse a name that is wrong or missing. */
export class Job<Slots extends object, List extends keyof Slots & string = never> {
  private readonly kind: number;
  private readonly single: { name: Exclude<keyof Slots, List>; slot: number }[] = [];
  private readonly lists: { name: List; slot: number }[] = [];

  /**
   * @param slots what those files of `slots/` export that the kernel reads
   * @param lists the names of the slots at which several numbers begin
   */
  constructor(kind: number, slots: Slots & Record<keyof Slots, number>, lists: readonly List[] = []) {
    this.kind = kind;
    for (const [name, slot] of Object.entries<number>(slots)) {
      const list = lists.find((candidate) => candidate === name);
      if (list !== undefined) this.lists.push({ name: list, slot });
      else this.single.push({ name: name as Exclude<keyof Slots, List>, slot });
    }
  }

  /** Writes the job into the control block of a memory that is given in both of its views. */
  write(ints: Int32Array, floats: Float32Array, parameters: JobParameters<Slots, List>): void {
    ints[KIND / 4] = this.kind;
    for (const { name, slot } of this.single) {
      (slot < FIRST_FLOAT ? ints : floats)[PARAMETERS / 4 + slot] = parameters[name];
    }
    for (const { name, slot } of this.lists) ints.set(parameters[name], PARAMETERS / 4 + slot);
  }
}
