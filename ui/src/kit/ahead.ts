/** Changes shown before the engine knows of them: laid over answers to what was asked until it did. */
export class Ahead<T extends { id: number }> {
  private readonly changes = new Map<number, { change: Partial<T>; known: number }>();
  private moment = 0; // the changes of which the engine is known to know, or to have refused them

  /** To be noted where something is asked for. */
  now(): number {
    return this.moment;
  }

  /** Change one; what this answers is to be called once the engine took the change, or refused it. */
  change(id: number, change: Partial<T>): (taken: boolean) => void {
    const one = { change, known: Infinity };
    this.changes.set(id, one);
    return (taken) => {
      one.known = ++this.moment;
      if (!taken && this.changes.get(id) === one) this.changes.delete(id);
    };
  }

  /** What was asked for at that moment may be from before a change. */
  over(answer: readonly T[], asked: number): readonly T[] {
    return answer.map((row) => {
      const mine = this.changes.get(row.id);
      return mine && mine.known > asked ? { ...row, ...mine.change } : row;
    });
  }
}
