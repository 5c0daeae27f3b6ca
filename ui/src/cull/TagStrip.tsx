/** Reject: say what is wrong by letter, in place. */
import type { JSX } from "preact";
import { some } from "../kit/words";
import { confirmReject, tagging, toggleTag } from "./decide";
import { TAGS, type Tag } from "./tags";

export function TagStrip(): JSX.Element | null {
  const now = tagging.value;
  if (!now) return null;
  const row = (kind: Tag["kind"], title: string): JSX.Element => (
    <div class="tag-row" role="group" aria-label={title}>
      <span class="dim tag-kind">{title}</span>
      {TAGS.filter((t) => t.kind === kind).map((t) => (
        <button key={t.name} class="tag" tabIndex={-1} aria-pressed={now.tags.has(t.name)} data-suggested={now.suggested.has(t.name)} data-tag={t.name} onClick={() => toggleTag(t.name)}>
          <kbd>{t.letter}</kbd> {t.words}
          {now.suggested.has(t.name) && <span class="hidden-text">, suggested by the detectors</span>}
        </button>
      ))}
    </div>
  );
  return (
    <section class="tag-strip" role="dialog" aria-label="What is wrong with it?" data-testid="tag-strip">
      <div class="tag-head">
        <strong>{now.images.length === 1 ? "Reject this image" : `Reject ${some(now.images.length, "image")}`}</strong>
        {now.suggested.size > 0 ? (
          <span data-testid="suggested"><span class="tag-dashed">Dashed</span> is suggested by the detectors: untick what is not so.</span>
        ) : (
          <span class="dim">What is wrong? Letters mark it; none is fine too.</span>
        )}
        <span class="spring" />
        <button tabIndex={-1} onClick={() => void (tagging.value = null)}>Cancel <kbd>Esc</kbd></button>
        <button class="primary" tabIndex={-1} onClick={confirmReject}>Reject <kbd>Enter</kbd></button>
      </div>
      {row("anomaly", "Anomaly")}
      {row("crop", "Framing")}
    </section>
  );
}
