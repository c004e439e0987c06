/** A network between a client and a server of this machine: it delays, stalls and cuts what passes through. */
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export type Direction = 'up' | 'down';

const PATIENCE_MS = 60_000;

export class Network {
  readonly #server: net.Server;
  readonly #pairs = new Set<readonly [net.Socket, net.Socket]>();
  /** What each piece takes on its way, from now on; those behind it wait. */
  delayMs = 0;
  #isStalled = false;
  #left: { direction: Direction; bytes: number; cut: () => void } | null = null;

  private constructor(server: net.Server, to: number) {
    this.#server = server;
    server.on('connection', (client) => this.#join(client, net.connect(to, '127.0.0.1')));
  }

  static async to(port: number): Promise<Network> {
    const server = net.createServer();
    const network = new Network(server, port);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return network;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** Every connection at once; new ones pass. */
  cut(): number {
    const pairs = [...this.#pairs];
    for (const pair of pairs) this.#part(pair);
    return pairs.length;
  }

  /** Cuts as soon as so many more bytes have passed. Resolves then; rejects where they do not. */
  cutAfter(direction: Direction, bytes: number): Promise<void> {
    const passed = new Promise<void>((cut) => {
      this.#left = { direction, bytes: Math.round(bytes), cut };
    });
    const late = wait(PATIENCE_MS, undefined, { ref: false }).then(() => {
      throw new Error(`Not so many bytes passed ${direction}: ${this.#left?.bytes} are left.`);
    });
    const either = Promise.race([passed, late]);
    either.catch(() => {});
    return either;
  }

  /** Nothing passes, and neither side is told: a cable that was pulled. What waits goes on afterwards. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    for (const socket of [...this.#pairs].flat()) isStalled ? socket.pause() : socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: net.Socket, server: net.Socket): void {
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      // Either end may go at any moment: the other one is then told by its own end.
      socket.on('error', () => this.#part(pair));
      socket.on('close', () => this.#part(pair));
      if (this.#isStalled) socket.pause();
    }
    this.#carry('up', client, server);
    this.#carry('down', server, client);
  }

  #carry(direction: Direction, from: net.Socket, to: net.Socket): void {
    let before = Promise.resolve();
    from.on('data', (chunk) => {
      const { delayMs } = this;
      before = before.then(() => pause(delayMs)).then(() => this.#pass(direction, chunk, to));
    });
  }

  #pass(direction: Direction, chunk: Buffer, to: net.Socket): void {
    const left = this.#left?.direction === direction ? this.#left : null;
    const passed = left ? chunk.subarray(0, left.bytes) : chunk;
    if (!to.destroyed) to.write(passed);
    if (!left) return;
    left.bytes -= passed.length;
    if (left.bytes > 0) return;
    this.#left = null;
    this.cut();
    left.cut();
  }

  #part(pair: readonly [net.Socket, net.Socket]): void {
    this.#pairs.delete(pair);
    for (const socket of pair) socket.destroy();
  }
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await wait(ms);
}
