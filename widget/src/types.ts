// What travels on the chat API, and the reading of it: nothing malformed gets past this file.

export interface Button { title: string; payload: string; spent: boolean }
export interface Picture { url: string; alt: string }
export interface Row { label: string; value: string }
export interface Card { kind: string; title: string; subtitle: string; rows: Row[]; image: Picture | null; buttons: Button[] }
export interface Checkpoint { level: string; reason: string; url: string }
export interface Notice { version: string; text: string }
export type Speaker = "shopper" | "assistant" | "agent";

export interface Message {
  id: string;
  at: string;
  from: Speaker;
  text: string;
  buttons: Button[];
  cards: Card[];
  image: Picture | null;
  checkpoint: Checkpoint | null;
  /** The kind of personal answer that this message asks for, or null. */
  sensitive: string | null;
  /** The idempotency key of the shopper's own message. */
  key: string | null;
}

export interface Problem { status: number; title: string; detail: string; retryAfter: number | null }

/** The reply to one message, over HTTP or the socket. */
export interface Reply { token: string | null; rotate: boolean; ended: boolean; messages: Message[] }

type Json = Record<string, unknown>;

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const asText = (value: unknown): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : "";

const listOf = <T>(value: unknown, read: (item: Json) => T | null): T[] =>
  Array.isArray(value) ? value.filter(isObject).map(read).filter((item): item is T => item !== null) : [];

function readButton(raw: Json): Button | null {
  const title = asText(raw.title), payload = asText(raw.payload);
  return title && payload ? { title, payload, spent: raw.spent === true } : null;
}

function readPicture(raw: unknown): Picture | null {
  if (typeof raw === "string" && raw) return { url: raw, alt: "" };
  return isObject(raw) && asText(raw.url) ? { url: asText(raw.url), alt: asText(raw.alt) } : null;
}

function readRow(raw: Json): Row | null {
  const label = asText(raw.label), value = asText(raw.value);
  return label || value ? { label, value } : null;
}

function readCard(raw: Json): Card | null {
  const card = {
    kind: asText(raw.kind),
    title: asText(raw.title),
    subtitle: asText(raw.subtitle),
    rows: listOf(raw.rows, readRow),
    image: readPicture(raw.image),
    buttons: listOf(raw.buttons, readButton),
  };
  return card.title || card.rows.length ? card : null;
}

function readCheckpoint(raw: unknown): Checkpoint | null {
  if (!isObject(raw)) return null;
  return { level: asText(raw.level), reason: asText(raw.reason), url: asText(raw.url) };
}

function readMessage(raw: Json): Message | null {
  const id = asText(raw.id);
  const from = asText(raw.from) || "assistant";
  if (!id || !["shopper", "assistant", "agent"].includes(from)) return null;
  return {
    id,
    at: asText(raw.at),
    from: from as Speaker,
    text: asText(raw.text),
    buttons: listOf(raw.buttons, readButton),
    cards: [...(isObject(raw.card) ? listOf([raw.card], readCard) : []), ...listOf(raw.cards, readCard)],
    image: readPicture(raw.image),
    checkpoint: readCheckpoint(raw.checkpoint),
    sensitive: isObject(raw.sensitive) ? asText(raw.sensitive.kind) || null : null,
    key: asText(raw.key) || null,
  };
}

export const readMessages = (raw: unknown): Message[] => listOf(raw, readMessage);

export const readReply = (raw: unknown): Reply => ({
  token: isObject(raw) ? asText(raw.token) || null : null,
  rotate: isObject(raw) && raw.rotate === true,
  ended: isObject(raw) && raw.ended === true,
  messages: isObject(raw) ? readMessages(raw.messages) : [],
});

export function readNotice(raw: unknown): Notice | null {
  return isObject(raw) && asText(raw.text) ? { version: asText(raw.version), text: asText(raw.text) } : null;
}

/** RFC 9457 problem details; `status` and `retryAfter` (seconds) may come from the HTTP answer instead. */
export function readProblem(raw: unknown, status = 0, retryAfter: string | null = null): Problem {
  const body = isObject(raw) ? raw : {};
  const seconds = Number(body.retry_after ?? retryAfter);
  return {
    status: typeof body.status === "number" ? body.status : status,
    title: asText(body.title),
    detail: asText(body.detail),
    retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : null,
  };
}
