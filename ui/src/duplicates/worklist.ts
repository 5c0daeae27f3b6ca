/** A list to go through one by one. What was decided stays in it, so that going back shows what was decided. */
import { batch, computed, signal } from "@preact/signals";
import { settled } from "../state";

export type Done = "accepted" | "apart";

interface Page<T> {
  total: number;
  items: T[];
}

export class Worklist<T extends { id: string }, D extends string = Done> {
  readonly items = signal<readonly T[]>([]);
  /** What became of an item since it was read; the engine's list holds it no longer. */
  readonly done = signal<ReadonlyMap<string, D>>(new Map());
  readonly index = signal(0); // items.length means: nothing left
  readonly total = signal(0); // of the engine's list, when it was last read
  readonly loaded = signal(false);

  readonly current = computed<T | null>(() => this.items.value[this.index.value] ?? null);
  readonly currentId = computed(() => this.current.value?.id ?? null);
  /** Still to be decided, those not read yet among them. */
  readonly left = computed(() => this.items.value.filter((i) => this.isOpen(i)).length + this.unread.value);
  readonly whole = computed(() => this.items.value.length + this.unread.value);

  private readonly unread = signal(0);
  private asking: Promise<void> | null = null;
  private readings = 0;
  private reading: Promise<void> = Promise.resolve(); // the last of them
  private over = false;
  private returning = false;
  private readonly lately = new Set<string>(); // decided since the last reading began: what it tells is older
  private readonly changed = new Set<string>(); // and otherwise changed

  constructor(
    private readonly ask: (offset: number, limit: number) => Promise<Page<T> | null>,
    private readonly page: number,
    private readonly wants: (item: T) => boolean = () => true,
  ) {}

  isOpen = (item: T): boolean => !this.done.value.has(item.id) && this.wants(item);

  /** Read the list again, staying at `stay` (or where the person is by then) even where that is no longer in it. */
  reload(stay?: string | null): Promise<void> {
    this.lately.clear();
    this.changed.clear();
    return (this.reading = this.read(++this.readings, stay));
  }

  private async read(mine: number, stay: string | null | undefined): Promise<void> {
    const where = this.currentId.peek();
    await settled();
    const fresh = await this.ask(0, Math.min(1000, Math.max(this.page, this.items.peek().length)));
    if (mine !== this.readings) return this.reading; // asked again meanwhile: that answer is the list
    batch(() => {
      const stands = this.currentId.peek();
      const here = stay === undefined || stands !== where ? stands : stay; // who moved on meanwhile is not pulled back
      const known = new Set(fresh?.items.map((i) => i.id));
      const part = fresh !== null && fresh.items.length < fresh.total; // what is on screen may only be further on
      const old = this.over ? [] : this.items.peek();
      const done = new Map([...this.done.peek()].filter(([id]) => this.lately.has(id) || (!this.over && !known.has(id))));
      const now = new Map(old.filter((i) => this.changed.has(i.id)).map((i) => [i.id, i]));
      const list = weave(fresh?.items.map((i) => now.get(i.id) ?? i) ?? [], old, (i) => !known.has(i.id) && (done.has(i.id) || !this.wants(i) || (part && i.id === here)));
      this.over = false;
      const back = this.returning ? [...this.done.peek().keys()].find((id) => known.has(id) && !this.lately.has(id)) : undefined;
      this.returning = false;
      const at = list.findIndex((i) => i.id === (back ?? here));
      this.done.value = done;
      this.items.value = list;
      this.total.value = fresh?.total ?? 0;
      this.unread.value = Math.max(0, this.total.peek() - (fresh?.items.length ?? 0));
      this.index.value = at >= 0 ? at : Math.min(this.index.peek(), list.length);
      this.loaded.value = true;
    });
  }

  /** It is another list now: nothing of the old one is kept when it is next read. */
  startOver(): void {
    this.over = true;
  }

  /** When it is next read, go to what had been decided and is open again. */
  goBackTo(): void {
    this.returning = true;
  }

  /** Read on when the end of what was read comes near. */
  async more(): Promise<void> {
    if (this.asking || this.unread.peek() === 0) return this.asking ?? undefined;
    const mine = this.readings;
    this.asking = settled()
      .then(() => this.ask(this.items.peek().filter(this.isOpen).length, this.page))
      .then((next) => {
        if (mine !== this.readings || !next) return;
        const known = new Set(this.items.peek().map((i) => i.id));
        batch(() => {
          this.items.value = [...this.items.peek(), ...next.items.filter((i) => !known.has(i.id))];
          this.unread.value = next.items.length ? Math.max(0, this.unread.peek() - next.items.length) : 0;
        });
      })
      .finally(() => (this.asking = null));
    return this.asking;
  }

  /** The next item that wants a decision, in a direction and around the end; null where there is none. */
  following(from: number, step: 1 | -1): number | null {
    const list = this.items.peek();
    for (let i = 1; i <= list.length; i++) {
      const at = (((from + i * step) % list.length) + list.length) % list.length;
      const item = list[at];
      if (item && at !== from && this.isOpen(item)) return at;
    }
    const here = list[from];
    return here && this.isOpen(here) ? from : null;
  }

  mark(id: string, what: D): void {
    this.lately.add(id);
    this.done.value = new Map(this.done.peek()).set(id, what);
  }

  unmark(id: string): void {
    this.lately.delete(id);
    const done = new Map(this.done.peek());
    if (done.delete(id)) this.done.value = done;
  }

  put(item: T): void {
    this.changed.add(item.id);
    this.items.value = this.items.peek().map((i) => (i.id === item.id ? item : i));
  }

  /** Put an item after the one shown, unless it is there; answers where it is. */
  insert(item: T): number {
    const at = this.items.peek().findIndex((i) => i.id === item.id);
    if (at >= 0) return at;
    const list = [...this.items.peek()];
    const where = Math.min(this.index.peek(), list.length);
    list.splice(where, 0, item);
    this.items.value = list;
    return where;
  }
}

/** The fresh list, with those of the old one that are kept put back behind what they stood behind. */
function weave<T extends { id: string }>(fresh: readonly T[], old: readonly T[], kept: (item: T) => boolean): T[] {
  const list = [...fresh];
  old.forEach((item, i) => {
    if (!kept(item)) return;
    const before = i === 0 ? -1 : list.findIndex((l) => l.id === old[i - 1]?.id);
    list.splice(i === 0 ? 0 : before < 0 ? Math.min(i, list.length) : before + 1, 0, item);
  });
  return list;
}
