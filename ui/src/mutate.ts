/** Decisions go out one at a time and in order; the page does not wait for the answer. */
import { batch } from "@preact/signals";
import { call } from "./bridge";
import type { Changed, Methods, Screen } from "./bridge.gen";
import { complain, markStale, readOnly, refreshStatus, say, status, unsaved } from "./state";

type Mutation = {
  [N in keyof Methods]: Methods[N][1] extends Changed ? (Changed extends Methods[N][1] ? N : never) : never;
}[keyof Methods];

interface Options {
  own?: Screen; // the screen that already shows the outcome
  rollback?: () => void;
  goThere?: () => void; // offered beside the error
  refused?: (error: unknown) => void; // says what was wrong in place of a toast
}

let tail: Promise<unknown> = Promise.resolve();

/** Take over what a mutation answered: counts and the names of what Undo and Redo would do. */
export function absorb(changed: Changed, own?: Screen): void {
  batch(() => {
    const now = status.value;
    if (now) {
      const { undo, redo, needsYou, decided } = changed;
      status.value = { ...now, undo, redo, needsYou, decided };
    }
    markStale(changed.stale, own);
  });
}

/** False, and said why, where the library is open for reading only. */
export function mayWrite(): boolean {
  if (readOnly.peek()) say("This library is open for reading only: nothing was changed.");
  return !readOnly.peek();
}

/** Send a mutation after those before it; null when it was refused (said in a toast, and rolled back). */
export function mutate<N extends Mutation>(name: N, fields: Methods[N][0], options: Options = {}): Promise<Changed | null> {
  if (!mayWrite()) {
    options.rollback?.();
    return Promise.resolve(null);
  }
  unsaved.value += 1;
  const sent = tail.then(async () => {
    try {
      const changed = (await (call as (n: N, f: Methods[N][0]) => Promise<unknown>)(name, fields)) as Changed;
      absorb(changed, options.own);
      return changed;
    } catch (error) {
      options.rollback?.();
      if (options.refused) options.refused(error);
      else complain(error, options.goThere && { label: "Go there", run: options.goThere });
      refreshStatus();
      return null;
    } finally {
      unsaved.value -= 1;
    }
  });
  tail = sent.catch(() => undefined); // what is thrown here must not stop those after it
  return sent;
}
