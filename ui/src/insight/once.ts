/** One at a time: a key pressed twice in one moment does it once. */
const under = new Set<string>();

export async function once(name: string, work: () => Promise<unknown>): Promise<void> {
  if (under.has(name)) return;
  under.add(name);
  try {
    await work();
  } finally {
    under.delete(name);
  }
}
