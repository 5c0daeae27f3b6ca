/** One question before something large, asked in place. */
import { signal } from "@preact/signals";
import { screen } from "../state";

export interface Question {
  title: string;
  text: string;
  yes: string;
  red: boolean; // Pickwise cannot take it back
  run: () => void;
}

export const question = signal<Question | null>(null);

/** It is about the screen it was asked on: whoever leaves that has not answered. */
screen.subscribe(() => void (question.value = null));

export const ask = (next: Question): void => void (question.value = next);

export function answer(yes: boolean): void {
  const asked = question.peek();
  question.value = null;
  if (yes) asked?.run();
}
