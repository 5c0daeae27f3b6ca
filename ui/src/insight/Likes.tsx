/** What the ranker likes, in pictures: for each thing it weighs, images that have most and least of it. */
import type { JSX } from "preact";
import type { Liking } from "../bridge.gen";
import { capital } from "../kit/words";
import { insight } from "./data";

export function Likes(): JSX.Element | null {
  const likes = insight.value?.likes ?? [];
  if (likes.length === 0) return null;
  const most = Math.max(...likes.map((l) => Math.abs(l.weight)));
  return (
    <section class="likes" aria-label="What it likes">
      <h2>What it likes</h2>
      <div class="likes-list">{likes.map((like) => <Like key={like.name} like={like} most={most} />)}</div>
    </section>
  );
}

/** Liked images stand at the left, whichever end of the feature they are. */
function Like({ like, most }: { like: Liking; most: number }): JSX.Element {
  const [liked, other] = like.weight >= 0 ? [like.most, like.least] : [like.least, like.most];
  return (
    <div class="like" data-like={like.name}>
      <div class="like-words">
        <strong>{capital(like.text)}</strong>
        <span class="like-bar" title={`weight ${like.weight.toFixed(2)}`}><i style={{ width: `${(100 * Math.abs(like.weight)) / most}%` }} /></span>
      </div>
      <Row urls={liked} label={`Most: ${like.text}`} />
      <span class="dim">over</span>
      <Row urls={other} label="Least" />
    </div>
  );
}

function Row({ urls, label }: { urls: readonly string[]; label: string }): JSX.Element {
  return <div class="like-row" role="img" aria-label={label}>{urls.map((url) => <img key={url} src={url} alt="" decoding="async" draggable={false} />)}</div>;
}
