/** What the engine says of images, and flags set here that it may not have known of when it was asked. */
import { call } from "../bridge";
import type { Contender, GetMatch, Match } from "../bridge.gen";
import { Ahead } from "../kit/ahead";

export const ahead = new Ahead<Contender>();

/** As they are now; those that are gone are left out. */
export async function contenders(ids: readonly number[]): Promise<readonly Contender[]> {
  const asked = ahead.now();
  return ahead.over((await call("rank.show", { ids: [...ids] })).images, asked);
}

export async function ask(what: GetMatch): Promise<Match> {
  const asked = ahead.now();
  const match = await call("rank.match", what);
  return { ...match, images: [...ahead.over(match.images, asked)] };
}
