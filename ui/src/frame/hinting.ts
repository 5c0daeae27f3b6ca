/** The five keys that matter now. */
import { commandOf, isReady } from "../commands";
import { current as doubt } from "../check/list";
import { gridOpen } from "../check/view";
import { hinted as hintedInCrop } from "../crop/commands";
import { tagging } from "../cull/decide";
import { learnedImage } from "../cull/learned";
import { page as clear } from "../cull/obvious/state";
import { current, pageOpen, which } from "../cull/queue";
import { hintedIn } from "../duplicates/hints";
import { hintedInInsight } from "../insight/commands";
import { now } from "../rank/matches";
import { largeOpen as rankedOpen } from "../rankings/enlarged";
import { current as pair } from "../same/list";
import { overlay, screen, status } from "../state";
import { largeOpen } from "../sweep/enlarged";
import { keyLabel, scopesNow } from "./scopes";

function wanted(): string[] {
  if (scopesNow()[0] === "confirm") return ["confirm.yes", "confirm.no"];
  if (overlay.value === "export") return ["export.reveal", "export.top", "export.score", "export.csv", "export.close"];
  switch (screen.value) {
    case "library":
      if (!status.value?.sources.length) return ["library.next"];
      return ["library.next", "source.add", "library.rescan", "screen.sweep", "export.keepers"];
    case "cull":
      if (tagging.value) return ["tags.toggle", "tags.confirm", "tags.cancel"];
      if (pageOpen.value && clear.value.length === 0) return ["cull.plainOrder", "obvious.back", "obvious.lessSure", "cull.order", "history.undo"];
      if (pageOpen.value) return ["obvious.accept", "obvious.out", "obvious.look", "obvious.lessSure", "cull.order"];
      if (!current.value && which.value !== "needs") return ["cull.order", "cull.scope", "obvious.lessSure", "history.undo"];
      if (!current.value) return ["cull.finish", "screen.sweep", "export.keepers", "cull.backward", "history.undo"];
      if (learnedImage(current.value) !== null && learnedImage(current.value) !== current.value.proposed) return ["cull.choose", "cull.accept", "cull.learned", "cull.skip", "cull.reject"];
      if (current.value.status === "review") return ["cull.choose", "cull.accept", "cull.skip", "cull.reject", "zoom.cycle"];
      return ["cull.next", "cull.choose", "cull.reopen", "history.undo", "zoom.cycle"];
    case "sweep":
      if (largeOpen.value) return ["large.move", "sweep.throwOut", "sweep.reopen", "zoom.cycle", "large.close"];
      return ["sweep.move", "sweep.throwOut", "sweep.reopen", "sweep.large", "export.keepers"];
    case "rank":
      if (!now.value) return ["screen.rankings", "rank.fewer", "history.undo"];
      return [now.value.images.length === 2 ? "rank.side" : "rank.choose", "rank.draw", "rank.skip", "rank.champion", "rank.more"];
    case "rankings":
      if (rankedOpen.value) return ["ranked.move", "image.flag", "zoom.cycle", "ranked.close"];
      return ["rankings.move", "rankings.large", "rankings.sort", "rankings.find", "rankings.clear", "export.choose"];
    case "crop":
      return hintedInCrop();
    case "duplicates":
      return hintedIn();
    case "check":
      if (!doubt.value) return ["vision.look", "check.back", "check.nextTag", "history.undo"];
      return gridOpen.value ? ["check.move", "check.yes", "check.no", "check.skip", "check.grid"] : ["check.yes", "check.no", "check.skip", "check.box", "check.nextTag"];
    case "same":
      return pair.value ? ["same.yes", "same.no", "same.unsure", "same.move", "zoom.cycle"] : ["screen.cull", "same.back", "history.undo"];
    case "insight":
      return hintedInInsight();
    case "settings":
      return ["screen.back", "history.undo"];
  }
}

export interface Hint {
  id: string;
  key: string;
  words: string;
}

export function hintsNow(): Hint[] {
  if (!status.value && screen.value !== "library") return [];
  return wanted().flatMap((id) => {
    const command = commandOf(id);
    const key = keyLabel(id);
    return command && key && isReady(command) ? [{ id, key, words: (command.short ?? command.title)() }] : [];
  });
}
