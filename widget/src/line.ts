// The WebSocket: says hello, catches up on what was missed, and comes back after a break with back-off and jitter.

import { readJson } from "./storage.ts";

export interface LineEvents {
  /** The first frame of every connection. */
  hello(): object;
  frame(frame: unknown): void;
  /** Connected, lost or failed again: look at `ready` and `failures`. */
  changed(): void;
}

export const FIRST_WAIT_MS = 400;
export const LONGEST_WAIT_MS = 30_000;
const WELCOME_MS = 10_000;

export class Line {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;
  /** True between the server's welcome and the loss of the connection. */
  ready = false;
  /** Attempts that failed since the last welcome. */
  failures = 0;

  constructor(
    private readonly url: URL,
    private readonly events: LineEvents,
    private readonly random: () => number = Math.random,
  ) {}

  connect(): void {
    this.wanted = true;
    if (!this.socket) this.dial();
  }

  /** Drops the connection and dials anew at once: a new session, or the network came back. */
  redial(): void {
    this.hangUp();
    this.events.changed();
    this.connect();
  }

  hangUp(): void {
    this.wanted = false;
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    this.ready = false;
    socket?.close();
  }

  /** False when there is no connection to carry it. */
  send(frame: object): boolean {
    if (!this.ready || this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** To be called when the server's welcome has come. */
  welcomed(): void {
    clearTimeout(this.timer);
    this.ready = true;
    this.failures = 0;
    this.events.changed();
  }

  private dial(): void {
    clearTimeout(this.timer);
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url);
    } catch {
      this.lost(null);
      return;
    }
    this.socket = socket;
    // A proxy that swallows the upgrade must look like a failure, not like a long wait.
    this.timer = setTimeout(() => this.lost(socket), WELCOME_MS);
    socket.onopen = () => socket.send(JSON.stringify(this.events.hello()));
    socket.onclose = () => this.lost(socket);
    socket.onmessage = (event) => {
      if (socket === this.socket) this.events.frame(readJson(String(event.data)));
    };
  }

  private lost(socket: WebSocket | null): void {
    if (socket !== this.socket) return;
    clearTimeout(this.timer);
    const had = this.ready;
    this.socket = null;
    this.ready = false;
    socket?.close();
    if (!this.wanted) return;
    if (!had) this.failures += 1;
    const ceiling = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.timer = setTimeout(() => this.dial(), ceiling * (0.5 + this.random() / 2));
    this.events.changed();
  }
}
