// What has been said, in the server's order, each message once.

import type { Message } from "./types.ts";

const LOCAL = "local:";

export class Transcript {
  entries: Message[] = [];

  /**
   * Puts messages in, in the order given. One that is there already (by id, or by the key of the shopper's own
   * message) is replaced where it stands; one that was missed goes before the next known one of the batch.
   */
  merge(batch: Message[]): void {
    const entries = [...this.entries];
    let before = entries.length;
    for (const message of [...batch].reverse()) {
      const at = entries.findIndex((known) => known.id === message.id || (known.key !== null && known.key === message.key));
      if (at >= 0) entries[at] = message;
      else entries.splice(before, 0, message);
      before = at >= 0 ? at : before;
    }
    this.entries = entries;
  }

  /**
   * The shopper's own message as it was typed, until history brings the server's copy, and what was answered.
   * The answer may have come before, as a push: then the question still goes above it.
   */
  settle(own: { key: string; shown: string; at: string } | undefined, answers: Message[]): void {
    const rest = { buttons: [], cards: [], image: null, checkpoint: null, sensitive: null };
    const typed: Message[] =
      own && !this.hasKey(own.key)
        ? [{ id: LOCAL + own.key, at: own.at, from: "shopper", text: own.shown, key: own.key, ...rest }]
        : [];
    this.merge([...typed, ...answers]);
  }

  hasKey(key: string): boolean {
    return this.entries.some((entry) => entry.key === key);
  }

  /** The id to catch up from, or null. */
  get lastId(): string | null {
    return this.entries.findLast((entry) => !entry.id.startsWith(LOCAL))?.id ?? null;
  }

  /** What the assistant is waiting for: the kind of personal answer, or null. */
  get expects(): string | null {
    const last = this.entries.at(-1);
    return last && last.from !== "shopper" ? last.sensitive : null;
  }

  /** Keeps what came after the shopper's last message (the goodbye of a sign-out), or nothing. */
  clear(keepLastReply = false): void {
    const own = this.entries.findLastIndex((entry) => entry.from === "shopper");
    this.entries = keepLastReply ? this.entries.slice(own + 1) : [];
  }
}
