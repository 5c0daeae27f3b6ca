/** The one door to the engine: the only file that touches `window.pywebview`. */
import type { AnyEvent, ErrorBody, Methods } from "./bridge.gen";
import type { Press } from "./painted";

interface Api {
  call(name: string, body: string): Promise<string>;
}

declare global {
  interface Window {
    pywebview?: { api?: Partial<Api> };
    pickwise?: {
      receive(events: AnyEvent[]): void;
      /** How long key presses took to be painted, newest last. */
      readonly metrics: readonly Press[];
    };
  }
}

/** What the engine refused, in its own words. */
export class BridgeError extends Error {
  readonly code: string;
  readonly hint: string;

  constructor(body: ErrorBody) {
    super(body.message);
    this.name = "BridgeError";
    this.code = body.code;
    this.hint = body.hint;
  }
}

function apiNow(): Api | null {
  const api = window.pywebview?.api;
  return typeof api?.call === "function" ? (api as Api) : null;
}

/** WebKit builds the api object after the page's own scripts ran; both the event and the object are watched. */
const ready: Promise<Api> = new Promise((resolve) => {
  const look = (): boolean => {
    const api = apiNow();
    if (api) resolve(api);
    return api !== null;
  };
  if (look()) return;
  const timer = setInterval(() => look() && clearInterval(timer), 20);
  window.addEventListener("pywebviewready", () => look() && clearInterval(timer));
});

type Fields<N extends keyof Methods> = Methods[N][0];
type Answer<N extends keyof Methods> = Methods[N][1];

/** Ask the engine. Throws BridgeError with the engine's sentence when it refuses. */
export async function call<N extends keyof Methods>(
  name: N,
  ...rest: Record<string, never> extends Fields<N> ? [fields?: Fields<N>] : [fields: Fields<N>]
): Promise<Answer<N>> {
  const api = await ready;
  let answer: Answer<N> & { error?: ErrorBody };
  try {
    answer = JSON.parse(await api.call(name, JSON.stringify(rest[0] ?? {}))) as typeof answer;
  } catch (error) {
    throw new BridgeError({ code: "bridge", message: "The engine did not answer.", hint: String(error) });
  }
  if (answer.error) throw new BridgeError(answer.error);
  return answer;
}

/** Hear what the engine says unasked; events that came before anyone listened are kept for the first listener. */
export function listen(onEvents: (events: AnyEvent[]) => void, metrics: readonly Press[]): void {
  window.pickwise = { receive: onEvents, metrics };
}
