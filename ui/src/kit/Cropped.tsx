/** Says of a picture that a person has cropped it: a `.cropped` file lies beside it. */
import type { JSX } from "preact";
import "./cropped.css";

export function Cropped({ image }: { image: { cropped: boolean } }): JSX.Element | null {
  return image.cropped ? <span class="cropped" title="A .cropped file lies beside it">Cropped</span> : null;
}
