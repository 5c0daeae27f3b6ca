/** Check: what looks wrong, asked one image at a time. */
import type { JSX } from "preact";
import { Empty } from "../kit/Empty";
import { status } from "../state";

export function Check(): JSX.Element {
  if (!status.value) return <Empty title="No library is open" text="Add a folder of images to make one." command="source.add" />;
  return <Empty title="Nothing to check yet" text="The images have to be looked at first: in Library, press “Look for what is wrong”." command="screen.library" />;
}
