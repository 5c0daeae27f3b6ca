/**
 * Files read, decoded and scaled in a worker, so that the page's own thread stays free for keys.
 * Where the window's engine cannot do that, the promise is refused and the caller takes another way.
 */
export interface Asked {
  id: number;
  url: string;
  width: number; // device pixels wanted; 0 x 0 leaves the picture at its own size
  height: number;
}

interface Answer {
  id: number;
  bitmap?: ImageBitmap;
  error?: string;
}

const RENEW = 96; // pictures a worker reads before a new one takes over: with it goes what it has not yet let go of

/** Runs in the worker: it is sent there as text, so it uses nothing from outside itself. */
function work(): void {
  const read = (url: string): Promise<Blob> =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest(); // fetch refuses file addresses
      request.open("GET", url);
      request.responseType = "blob";
      request.onload = () => resolve(request.response as Blob);
      request.onerror = () => reject(new Error("not read"));
      request.send();
    });
  const scaled = async ({ url, width, height }: Asked): Promise<ImageBitmap> => {
    const whole = await createImageBitmap(await read(url));
    if (!width) return whole;
    // drawn, not resized: Chromium's resizing cuts off a picture that has to be turned upright
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no such canvas");
    context.imageSmoothingQuality = "high";
    context.drawImage(whole, 0, 0, width, height);
    whole.close();
    return canvas.transferToImageBitmap();
  };
  self.onmessage = (event: MessageEvent<Asked>) => {
    const { id } = event.data;
    scaled(event.data).then(
      (bitmap) => self.postMessage({ id, bitmap }, { transfer: [bitmap] }),
      (error: unknown) => self.postMessage({ id, error: String(error) }),
    );
  };
}

const waiting = new Map<number, { resolve: (bitmap: ImageBitmap) => void; reject: (error: Error) => void }>();
let worker: Worker | null = null;
let number = 0;
let read = 0;
let works: boolean | null = null; // not known before the first answer

function hear(answer: Answer): void {
  const asked = waiting.get(answer.id);
  waiting.delete(answer.id);
  if (answer.bitmap) works = true;
  if (answer.bitmap && asked) asked.resolve(answer.bitmap);
  else asked?.reject(new Error(answer.error));
}

function start(): Worker {
  const address = URL.createObjectURL(new Blob([`(${work.toString()})()`], { type: "text/javascript" }));
  const started = new Worker(address);
  started.onmessage = (event: MessageEvent<Answer>) => hear(event.data);
  started.onerror = () => {
    works = false;
    for (const { reject } of waiting.values()) reject(new Error("no worker"));
    waiting.clear();
  };
  read = 0;
  return started;
}

/** The picture at this address, scaled. Refused where it cannot be read or decoded this way. */
export function scaled(url: string, width: number, height: number): Promise<ImageBitmap> {
  return new Promise((resolve, reject) => {
    if (works === false) return reject(new Error("no worker"));
    try {
      if (read >= RENEW && waiting.size === 0) {
        worker?.terminate();
        worker = null;
      }
      worker ??= start();
      const id = ++number;
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, url, width, height } satisfies Asked);
      read += 1;
    } catch (error) {
      works = false;
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

/** The other way was taken and it went well: if the worker never once did, it is not asked again. */
export function doubtWorker(): void {
  works ??= false;
}
