// What this browser remembers of the chat. Bearer sessions live in sessionStorage (one tab, gone with it);
// with a cookie session only the fact that there is one is kept, in localStorage, as the cookie is shared by tabs.

import { asText, isObject, readNotice, type Notice } from "./types.ts";

export interface Shelf { get(key: string): string | null; set(key: string, value: string | null): void }

/** A Storage that a browser may refuse to give (blocked, private, full): then nothing outlives the page. */
export function shelf(name: "localStorage" | "sessionStorage", prefix: string): Shelf {
  const memory = new Map<string, string>();
  const attempt = <T>(use: (storage: Storage) => T, otherwise: T): T => {
    try {
      return use(window[name]);
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => attempt((storage) => storage.getItem(prefix + key), null) ?? memory.get(key) ?? null,
    set: (key, value) => {
      if (value === null) memory.delete(key);
      else memory.set(key, value);
      attempt((storage) => (value === null ? storage.removeItem(prefix + key) : storage.setItem(prefix + key, value)), undefined);
    },
  };
}

export function readJson(text: string | null): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

export class Credentials {
  private deviceKey: string | null;
  token: string | null;
  known: boolean;
  notice: Notice | null;

  constructor(readonly mode: "cookie" | "bearer", private readonly kept: Shelf) {
    this.token = kept.get("token");
    this.deviceKey = kept.get("device");
    this.known = mode === "cookie" ? kept.get("known") === "1" : this.token !== null;
    this.notice = readNotice(readJson(kept.get("notice")));
  }

  get device(): string | null {
    return this.deviceKey;
  }

  /** Takes what `POST /api/chat/session` or a renewal answered. */
  adopt(body: unknown): void {
    if (!isObject(body)) return;
    this.take(asText(body.token) || null);
    if (asText(body.device_key)) this.kept.set("device", (this.deviceKey = asText(body.device_key)));
    const notice = readNotice(body.notice);
    if (notice) this.kept.set("notice", JSON.stringify((this.notice = notice)));
    this.known = true;
    this.kept.set("known", "1");
  }

  take(token: string | null): void {
    if (this.mode === "bearer" && token) this.kept.set("token", (this.token = token));
  }

  /** Forgets the session; the device key stays, as it names this browser and opens nothing by itself. */
  drop(): void {
    this.token = null;
    this.known = false;
    this.kept.set("token", null);
    this.kept.set("known", null);
  }
}
