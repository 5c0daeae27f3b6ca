/** Files that could not be read: which, why, and what can be done; fetched a page at a time. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { call } from "../bridge";
import type { QuarantineItem } from "../bridge.gen";
import { count, some, visible } from "../kit/words";
import { complain, status } from "../state";
import { reveal } from "./sources";

const PAGE = 50;
const list = signal<QuarantineItem[]>([]);

async function load(offset: number): Promise<void> {
  try {
    const page = await call("quarantine.list", { offset, limit: PAGE });
    list.value = offset === 0 ? page.items : [...list.value, ...page.items];
  } catch (error) {
    complain(error);
  }
}

export function refreshQuarantine(): void {
  if (status.peek()) void load(0);
}

export function Quarantine({ total }: { total: number }): JSX.Element | null {
  if (total === 0) return null;
  return (
    <section data-testid="quarantine">
      <div class="section-head">
        <h2>Quarantined</h2>
        <span class="dim">{some(total, "file")} could not be read. Nothing else stopped for them, and they were left where they are.</span>
      </div>
      <ul class="list">
        {list.value.map((q) => (
          <li key={q.id} data-quarantined={q.id}>
            <span class="list-main">
              <span class="text" dir="ltr">{visible(q.filename)}</span>
              <span class="dim why-line">{visible(q.reason)}{q.hint && ` ${visible(q.hint)}`}</span>
            </span>
            <button class="plain" onClick={() => void reveal(q.path)}>Show</button>
          </li>
        ))}
      </ul>
      {list.value.length < total && <button onClick={() => void load(list.value.length)}>Show more of {count(total)}</button>}
    </section>
  );
}
