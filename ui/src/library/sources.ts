/** Adding folders and scanning them again. */
import { batch } from "@preact/signals";
import { call } from "../bridge";
import { complain, goTo, markStale, readOnly, refreshStatus, say, setStatus, status, TABS, theme } from "../state";

/** Add folders; with no library open, the first one says which library to open. */
export async function addFolders(paths: string[]): Promise<void> {
  const [first] = paths;
  if (first === undefined) return;
  if (readOnly.peek()) return say("This library is open for reading only.", { hint: status.peek()?.holder ?? "" });
  goTo("library");
  try {
    if (!status.peek()) {
      const opened = await call("library.open", { path: first });
      batch(() => {
        setStatus(opened.status);
        theme.value = opened.theme;
        markStale(TABS);
      });
      if (opened.status && opened.status.sources.length > 0 && paths.length === 1) return;
    }
    await call("sources.add", { paths });
    refreshStatus();
  } catch (error) {
    complain(error);
  }
}

export async function chooseFolders(): Promise<void> {
  try {
    const { paths } = await call("dialog.folder", { title: "Add folders of images" });
    await addFolders(paths);
  } catch (error) {
    complain(error);
  }
}

export async function rescan(): Promise<void> {
  try {
    await call("cull.start");
    refreshStatus();
  } catch (error) {
    complain(error);
  }
}

export async function reveal(path: string): Promise<void> {
  try {
    await call("dialog.reveal", { path });
  } catch (error) {
    complain(error);
  }
}

export async function lookForWrong(): Promise<void> {
  try {
    await call("vision.look");
    refreshStatus();
  } catch (error) {
    complain(error);
  }
}
