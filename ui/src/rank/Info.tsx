/** How the focused image was made, and how it stands. */
import type { JSX } from "preact";
import { Info as About, Line } from "../kit/Info";
import { pixels } from "../kit/words";
import { blind } from "./figures";
import { focused } from "./matches";
import { comparisonsWords } from "./words";

export function Info(): JSX.Element {
  const c = focused.value;
  return (
    <About image={c} class="rank-side">
      {c && (
        <>
          <Line name="Size" value={pixels(c)} />
          <Line name="Mu, sigma" value={blind() ? "" : `${c.mu.toFixed(2)}, ${c.sigma.toFixed(2)}`} />
          <Line name="Compared" value={blind() ? "" : comparisonsWords(c.comparisons)} />
          <Line name="Group" value={c.groupSize > 1 ? `${c.groupSize} near-duplicates` : ""} />
        </>
      )}
    </About>
  );
}
