/** One question before something large, asked in place. */
import { signal } from "@preact/signals";

export interface Question {
  title: string;
  text: string;
  yes: string;
  red: boolean; // Pickwise cannot take it back
  run: () => void;
}

export const question = signal<Question | null>(null);

export const ask = (next: Question): void => void (question.value = next);

export function answer(yes: boolean): void {
  const asked = question.peek();
  question.value = null;
  if (yes) asked?.run();
}
