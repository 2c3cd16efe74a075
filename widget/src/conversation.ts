// One conversation with the shop: the session, the two ways to the server, and what the shopper sees of them.

import { Client, newKey, Refused, type Said, Unreachable } from "./client.ts";
import { Line } from "./line.ts";
import { Outbox, type Outgoing } from "./outbox.ts";
import { readJson, type Credentials, type Shelf } from "./storage.ts";
import { Transcript } from "./transcript.ts";
import { asText, isObject, readMessages, readProblem, readReply, type Message, type Notice, type Problem, type Reply } from "./types.ts";
import type { Words } from "./words.ts";

export type Phase = "idle" | "opening" | "open" | "ended" | "unreachable";

/** All that the view draws; a new object at every change. */
export interface View {
  phase: Phase;
  entries: Message[];
  outbox: Outgoing[];
  /** Lines of the widget's own at the top of the log. */
  remarks: string[];
  /** Something that went wrong and is worth a line by the composer; may be empty. */
  trouble: string;
  notice: Notice | null;
  typing: boolean;
  live: boolean;
  offline: boolean;
  expects: string | null;
  spent: ReadonlySet<string>;
}

const REPLY_MS = 45_000;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 30_000;
const LONGEST_DELAY_S = 60;
const GOODBYE_MS = 5_000;
const SPENT_KEPT = 200;

export class Conversation {
  private readonly transcript = new Transcript();
  private readonly outbox: Outbox;
  private readonly line: Line;
  private readonly listeners = new Set<() => void>();
  private readonly spent: Set<string>;
  private readonly groups = new Map<string, string[]>();
  private phase: Phase = "idle";
  private remarks: string[] = [];
  private trouble = "";
  private typing = false;
  /** The key that is on its way, and how. */
  private flight: { key: string; way: "line" | "http"; timer?: ReturnType<typeof setTimeout> } | null = null;
  /** Id up to which nothing can have been missed; replies over HTTP do not move it. */
  private synced: string | null = null;
  private repliedAt = 0;
  private retries = 0;
  /** New sessions since the last welcome: a server that refuses each of them is not to be asked for ever. */
  private restarts = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  view: View;

  constructor(
    private readonly client: Client,
    socketUrl: URL,
    private readonly words: Words,
    private readonly kept: Shelf,
  ) {
    this.outbox = new Outbox(kept);
    const spent = readJson(kept.get("spent"));
    this.spent = new Set(Array.isArray(spent) ? spent.map(asText) : []);
    this.line = new Line(socketUrl, {
      hello: () => ({ type: "hello", ...(this.credentials.token ? { token: this.credentials.token } : {}), after: this.synced }),
      frame: (frame) => this.receive(frame),
      changed: () => this.lineChanged(),
    });
    this.view = this.draw();
    window.addEventListener("online", () => this.phase === "open" && this.line.redial());
    window.addEventListener("offline", () => this.wentOffline());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.phase === "open" && !this.line.ready) this.line.redial();
    });
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Opens or resumes the session. Called by the shopper's own opening of the chat, never by a page load. */
  start(): void {
    if (this.phase === "idle" || this.phase === "unreachable") void this.begin();
  }

  say(text: string): void {
    const { expects } = this.transcript;
    this.enqueue({ text }, expects === "code" ? this.words.hidden : text, expects !== null);
  }

  /** Takes one of the offered buttons; `group` are the payloads that are spent with it. */
  choose(title: string, payload: string, group: string[]): void {
    if (this.spent.has(payload)) return;
    this.spend(group, true);
    this.groups.set(this.enqueue({ payload }, title, false), group);
  }

  retry(key: string): void {
    this.outbox.change(key, { state: "waiting", reason: "" });
    this.changed();
    this.pump();
  }

  discard(key: string): void {
    this.outbox.take(key);
    this.spend(this.groups.get(key) ?? [], false);
    this.changed();
  }

  async renewConversation(): Promise<void> {
    this.forget();
    this.phase = "opening";
    this.changed();
    await this.client.end().catch(() => undefined);
    this.credentials.drop();
    await this.begin();
  }

  async erase(): Promise<void> {
    // The server ends the conversation on every socket; this one must not take that for the session's end.
    this.line.hangUp();
    this.land();
    try {
      await this.client.erase();
      this.forget();
      this.remarks = [this.words.erased];
    } catch (error) {
      if (isDead(error)) return this.restart();
      this.trouble = this.words.eraseFailed;
    }
    this.opened();
  }

  private spend(payloads: string[], gone: boolean): void {
    payloads.forEach((payload) => (gone ? this.spent.add(payload) : this.spent.delete(payload)));
    this.kept.set("spent", JSON.stringify([...this.spent].slice(-SPENT_KEPT)));
  }

  private get credentials(): Credentials {
    return this.client.credentials;
  }

  private enqueue(said: Said, shown: string, personal: boolean): string {
    const key = newKey();
    this.trouble = "";
    // A message to a conversation that is over opens the next one, whose ids begin anew.
    if (this.phase === "ended") this.forget();
    this.outbox.add(key, said, shown, personal);
    if (this.phase === "ended") void this.begin();
    else this.pump();
    this.changed();
    return key;
  }

  // --- the session

  private async begin(): Promise<void> {
    clearTimeout(this.retryTimer);
    this.phase = "opening";
    this.changed();
    try {
      if (this.credentials.known) await this.resume();
      else await this.client.open();
      this.opened();
    } catch (error) {
      this.unreachable(error);
    }
  }

  private async resume(): Promise<void> {
    try {
      this.transcript.merge(await this.client.history());
    } catch (error) {
      if (!isDead(error)) throw error;
      await this.revive();
    }
  }

  /** The session is not known any more: a rise that was missed is caught up with, else a new session begins. */
  private async revive(): Promise<void> {
    try {
      await this.client.renew();
      this.transcript.merge(await this.client.history());
      return;
    } catch (error) {
      if (error instanceof Unreachable) throw error;
    }
    this.credentials.drop();
    this.transcript.clear();
    const held = this.outbox.clear((item) => item.personal || "payload" in item.said);
    this.remarks = [this.words.renewed, ...(held.length ? [this.words.resendPersonal] : [])];
    await this.client.open();
  }

  private opened(): void {
    this.phase = "open";
    this.retries = 0;
    this.synced = this.transcript.lastId;
    this.changed();
    this.line.redial();
  }

  private unreachable(error: unknown): void {
    this.phase = "unreachable";
    this.line.hangUp();
    const wait = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** this.retries++);
    const asked = error instanceof Refused ? (error.problem.retryAfter ?? 0) * 1000 : 0;
    this.retryTimer = setTimeout(() => void this.begin(), Math.max(wait, asked));
    this.changed();
  }

  private async restart(): Promise<void> {
    this.land();
    this.line.hangUp();
    this.phase = "opening";
    this.changed();
    try {
      if (this.restarts++ > 1) throw new Unreachable();
      await this.revive();
      this.opened();
    } catch (error) {
      this.unreachable(error);
    }
  }

  /** Whether the session died with the conversation (a sign-out) or goes on with another is asked at the next message. */
  private ended(): void {
    this.line.hangUp();
    this.land();
    this.transcript.clear(Date.now() - this.repliedAt < GOODBYE_MS);
    this.outbox.clear();
    this.remarks = [];
    this.phase = "ended";
    this.changed();
  }

  private forget(): void {
    this.line.hangUp();
    this.land();
    this.transcript.clear();
    this.outbox.clear();
    this.spend([...this.spent], false);
    this.remarks = [];
    this.trouble = "";
  }

  // --- sending: one message at a time, so that order and a changed token can never cross

  private pump(): void {
    const item = this.outbox.next();
    if (!item || this.flight || this.phase !== "open") return;
    if (this.line.send({ type: "message", key: item.key, ...item.said })) {
      const timer = setTimeout(() => this.line.redial(), REPLY_MS);
      this.flight = { key: item.key, way: "line", timer };
      this.outbox.change(item.key, { state: "sending" });
      this.changed();
    } else if (this.line.failures > 0 && navigator.onLine) void this.sendByHttp(item);
  }

  private async sendByHttp(item: Outgoing): Promise<void> {
    const flight = (this.flight = { key: item.key, way: "http" });
    this.outbox.change(item.key, { state: "sending" });
    this.changed();
    try {
      const reply = await this.client.send(item.key, item.said);
      if (this.flight === flight) this.settle(item.key, reply);
    } catch (error) {
      if (this.flight !== flight) return;
      this.land();
      if (error instanceof Refused) this.refused(item.key, error.problem);
      // Not reached: it waits for the line's next attempt, which calls pump() again.
      else this.changed();
    }
  }

  private settle(key: string, reply: Reply): void {
    this.land();
    this.take(reply, this.outbox.take(key));
    if (reply.ended) this.ended();
    else this.pump();
  }

  private take(reply: Reply, own?: Outgoing): void {
    this.credentials.take(reply.token);
    if (reply.rotate) void this.client.renew().catch(() => undefined);
    this.transcript.settle(own, reply.messages);
    this.typing = false;
    this.repliedAt = Date.now();
    this.changed();
  }

  private refused(key: string, problem: Problem): void {
    this.land();
    if (problem.status === 401) return void this.restart();
    const seconds = problem.retryAfter;
    if ((problem.status === 429 || problem.status === 409) && (seconds ?? 1) <= LONGEST_DELAY_S) {
      this.outbox.change(key, { state: "delayed", due: Date.now() + (seconds ?? 1) * 1000 });
      setTimeout(() => this.outbox.find(key)?.state === "delayed" && this.retry(key), (seconds ?? 1) * 1000);
    } else this.outbox.change(key, { state: "failed", reason: problem.detail || problem.title });
    this.changed();
    this.pump();
  }

  /** Whatever was on its way is no longer: it waits again. */
  private land(): void {
    if (this.flight) {
      clearTimeout(this.flight.timer);
      if (this.outbox.find(this.flight.key)?.state === "sending") this.outbox.change(this.flight.key, { state: "waiting" });
    }
    this.flight = null;
    this.typing = false;
  }

  // --- the line

  private receive(frame: unknown): void {
    if (!isObject(frame)) return;
    const key = typeof frame.key === "string" ? frame.key : null;
    switch (frame.type) {
      case "welcome":
        this.transcript.merge(readMessages(frame.messages));
        this.synced = this.transcript.lastId;
        this.restarts = 0;
        this.line.welcomed();
        break;
      case "typing":
        this.typing = true;
        this.changed();
        break;
      case "reply":
        if (key) this.settle(key, readReply(frame));
        this.synced = this.transcript.lastId;
        break;
      case "push":
        this.take(readReply(frame));
        this.synced = this.transcript.lastId;
        break;
      case "error": {
        const problem = readProblem(frame.problem);
        if (key) this.refused(key, problem);
        else if (problem.status === 401) void this.restart();
        break;
      }
      case "ended":
        // Before the welcome it means that the session is not known; after it, that it is over.
        if (this.line.ready) this.ended();
        else void this.restart();
    }
  }

  private lineChanged(): void {
    if (!this.line.ready && this.flight?.way === "line") this.land();
    this.changed();
    this.pump();
  }

  private wentOffline(): void {
    this.line.hangUp();
    if (this.flight) this.land();
    this.changed();
  }

  private changed(): void {
    this.view = this.draw();
    this.listeners.forEach((listener) => listener());
  }

  private draw(): View {
    const { entries, expects } = this.transcript;
    return {
      phase: this.phase,
      entries,
      outbox: this.outbox.items.filter((item) => !this.transcript.hasKey(item.key)),
      remarks: this.remarks,
      trouble: this.trouble,
      notice: this.credentials.notice,
      typing: this.typing || this.flight !== null,
      live: this.line.ready,
      offline: !navigator.onLine,
      expects: this.outbox.items.some((item) => item.state !== "failed") ? null : expects,
      spent: new Set(this.spent),
    };
  }
}

const isDead = (error: unknown): boolean => error instanceof Refused && error.problem.status === 401;
