/** The few signs the window uses, drawn on a 16 px grid. */
import type { JSX } from "preact";

const PATHS = {
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  flag: "M4 14V2.5h8.5L10 6l2.5 3.5H4",
  doubt: "M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8v.1",
  gone: "M2 3.5h12v9H2zM2.5 13.5l11-11",
  folder: "M1.5 12.5v-9h4l1.5 2h7.5v7z",
  more: "M8 3v10M3 8h10",
  person: "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.5 14c.6-2.6 2.8-4 5.5-4s4.9 1.4 5.5 4",
  same: "M2.5 8h11",
  away: "M2.5 8h10M9 4.5 12.5 8 9 11.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, solid = false }: { name: IconName; solid?: boolean }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" style={solid ? { fill: "currentColor" } : undefined}>
      <path d={PATHS[name]} />
    </svg>
  );
}
