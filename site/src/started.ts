/** Waiting for a relay that was started as a program. */

/** The port in the address that a relay prints when it listens. Throws when its output ends before. */
export async function portOf(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let printed = '';
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    printed += chunk;
    const port = /https?:\/\/\S+:(\d+)\s/.exec(printed)?.[1];
    if (port !== undefined) return port;
  }
  throw new Error(`no relay has started: ${printed}`);
}
