/** Crop: one key most of the time, never another shape. */
import type { JSX } from "preact";
import { Empty } from "../kit/Empty";
import { status } from "../state";

export function Crop(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  return <Empty title="Nothing to crop yet" text="Crops are proposed for the images you keep: cull first." command="screen.cull" />;
}
