// The shopper's messages that have no reply yet. They survive a reload, except the personal ones.

import type { Said } from "./client.ts";
import { readJson, type Shelf } from "./storage.ts";
import { asText, isObject } from "./types.ts";

export type State = "waiting" | "sending" | "delayed" | "failed";

export interface Outgoing {
  readonly key: string;
  readonly said: Said;
  /** What the shopper sees in their own bubble. */
  readonly shown: string;
  readonly at: string;
  /** An answer to a personal question: never kept, never sent on into another session. */
  readonly personal: boolean;
  state: State;
  /** Why it failed, in the server's words; may be empty. */
  reason: string;
  /** When a delayed one goes again, in epoch milliseconds. */
  due: number;
}

const SHELF = "outbox";

export class Outbox {
  items: Outgoing[];

  constructor(private readonly kept: Shelf) {
    const raw = readJson(kept.get(SHELF));
    this.items = Array.isArray(raw) ? raw.map(revived).filter((item): item is Outgoing => item !== null) : [];
  }

  add(key: string, said: Said, shown: string, personal: boolean): void {
    const at = new Date().toISOString();
    this.items = [...this.items, { key, said, shown, at, personal, state: "waiting", reason: "", due: 0 }];
    this.keep();
  }

  change(key: string, part: Partial<Pick<Outgoing, "state" | "reason" | "due">>): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, ...part } : item));
    this.keep();
  }

  /** Removes and returns one. */
  take(key: string): Outgoing | undefined {
    const item = this.find(key);
    this.items = this.items.filter((other) => other.key !== key);
    this.keep();
    return item;
  }

  find(key: string): Outgoing | undefined {
    return this.items.find((item) => item.key === key);
  }

  /** The one whose turn it is, or undefined; a delayed one holds the rest back, a failed one does not. */
  next(): Outgoing | undefined {
    const first = this.items.find((item) => item.state !== "failed");
    return first?.state === "waiting" ? first : undefined;
  }

  clear(only: (item: Outgoing) => boolean = () => true): Outgoing[] {
    const gone = this.items.filter(only);
    this.items = this.items.filter((item) => !only(item));
    this.keep();
    return gone;
  }

  private keep(): void {
    const lasting = this.items.filter((item) => !item.personal);
    this.kept.set(SHELF, lasting.length ? JSON.stringify(lasting) : null);
  }
}

function revived(raw: unknown): Outgoing | null {
  if (!isObject(raw) || !isObject(raw.said)) return null;
  const { text, payload } = raw.said;
  const said = typeof text === "string" ? { text } : typeof payload === "string" ? { payload } : null;
  const key = asText(raw.key), shown = asText(raw.shown), at = asText(raw.at);
  return said && key ? { key, said, shown, at, personal: false, state: "waiting", reason: "", due: 0 } : null;
}
