// The chat API over plain HTTP.

import { isObject, readMessages, readProblem, readReply, type Message, type Problem, type Reply } from "./types.ts";
import type { Credentials } from "./storage.ts";

/** The server answered, and the answer is no. */
export class Refused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title || `HTTP ${problem.status}`);
  }
}

/** Nothing came back. */
export class Unreachable extends Error {}

export type Said = { text: string } | { payload: string };

const LANGUAGE = /^[a-z]{2}(-[A-Za-z]{2})?$/;
const PATIENCE_MS = 45_000;

export class Client {
  constructor(private readonly base: URL, readonly credentials: Credentials, private readonly language: string) {}

  async open(): Promise<void> {
    const { mode, device } = this.credentials;
    this.credentials.adopt(
      await this.call("POST", "session", {
        body: {
          channel: "web",
          ...(LANGUAGE.test(this.language) ? { language: this.language } : {}),
          ...(mode === "cookie" ? { transport: "cookie" } : {}),
          ...(device ? { device_key: device } : {}),
        },
        anonymous: true,
      }),
    );
  }

  async send(key: string, said: Said): Promise<Reply> {
    return readReply(await this.call("POST", "message", { body: said, headers: { "Idempotency-Key": key } }));
  }

  async history(): Promise<Message[]> {
    const body = await this.call("GET", "history");
    return isObject(body) ? readMessages(body.messages) : [];
  }

  async renew(): Promise<void> {
    const { device } = this.credentials;
    this.credentials.adopt(await this.call("POST", "session/renew", { body: device ? { device_key: device } : {} }));
  }

  erase(): Promise<unknown> {
    return this.call("DELETE", "history");
  }

  end(): Promise<unknown> {
    return this.call("DELETE", "session");
  }

  private async call(
    method: string,
    path: string,
    { body, headers = {}, anonymous = false }: { body?: object; headers?: Record<string, string>; anonymous?: boolean } = {},
  ): Promise<unknown> {
    const { mode, token, device } = this.credentials;
    let response: Response;
    try {
      response = await fetch(new URL(`api/chat/${path}`, this.base), {
        method,
        headers: {
          Accept: "application/json",
          ...(body ? { "Content-Type": "application/json" } : {}),
          ...(token && !anonymous ? { Authorization: `Bearer ${token}` } : {}),
          // A token that is used beside another device's key counts as stolen.
          ...(token && device && !anonymous ? { "X-Device-Key": device } : {}),
          ...headers,
        },
        body: body ? JSON.stringify(body) : null,
        credentials: mode === "cookie" ? "same-origin" : "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
    } catch {
      throw new Unreachable();
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw new Refused(readProblem(answer, response.status, response.headers.get("Retry-After")));
    return answer;
  }
}

/** A fresh idempotency key; getRandomValues also works where the page is not a secure context. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
