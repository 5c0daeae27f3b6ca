/** Of what is said of one thing, by keys and by answers, the last that was pressed or asked for counts: an older answer is dropped. */
export class Latest<K> {
  private readonly last = new Map<K, number>();
  private turn = 0;

  /** A key says something of it. */
  say(id: K): void {
    this.last.set(id, ++this.turn);
  }

  /** These are asked about; answers afterwards whether nothing was said of one since, nor asked. */
  ask(ids: readonly K[]): (id: K) => boolean {
    const mine = ++this.turn;
    for (const id of ids) this.last.set(id, mine);
    return (id) => this.last.get(id) === mine;
  }
}
