import assert from "node:assert/strict";
import test from "node:test";
import { Transcript } from "../src/transcript.ts";
import { readMessages, readProblem, readReply, type Message } from "../src/types.ts";

const message = (id: string, more: object = {}): Message => readMessages([{ id, at: "2026-01-01T00:00:00Z", from: "assistant", text: id, ...more }])[0]!;
const typed = (key: string, shown = "typed") => ({ key, shown, at: "2026-01-01T00:00:00Z" });
const ids = (transcript: Transcript): string[] => transcript.entries.map((entry) => entry.id);

test("the same message is shown once, whatever brings it", () => {
  const transcript = new Transcript();
  transcript.merge([message("1"), message("2")]);
  transcript.merge([message("2"), message("3")]);
  assert.deepEqual(ids(transcript), ["1", "2", "3"]);
});

test("what was missed goes where it belongs", () => {
  const transcript = new Transcript();
  transcript.merge([message("1"), message("4")]);
  transcript.merge([message("2"), message("3"), message("4"), message("5")]);
  assert.deepEqual(ids(transcript), ["1", "2", "3", "4", "5"]);
});

test("the shopper's own words are replaced by the server's copy, by key", () => {
  const transcript = new Transcript();
  transcript.settle(typed("k"), [message("2")]);
  transcript.merge([message("1", { from: "shopper", key: "k", text: "as kept" }), message("2")]);
  assert.deepEqual(ids(transcript), ["1", "2"]);
  transcript.settle(typed("k", "again"), []);
  assert.equal(transcript.entries.length, 2);
});

test("a question goes above its answer, though the answer came first", () => {
  const transcript = new Transcript();
  transcript.merge([message("1"), message("3")]);
  transcript.settle(typed("k"), [message("3"), message("4")]);
  assert.deepEqual(ids(transcript), ["1", "local:k", "3", "4"]);
});

test("catching up starts from the server's last id, not from a local one", () => {
  const transcript = new Transcript();
  assert.equal(transcript.lastId, null);
  transcript.merge([message("7")]);
  transcript.settle(typed("k"), []);
  assert.equal(transcript.lastId, "7");
});

test("a personal question is open until something else is last", () => {
  const transcript = new Transcript();
  transcript.merge([message("1", { sensitive: { kind: "email" } })]);
  assert.equal(transcript.expects, "email");
  transcript.settle(typed("k"), []);
  assert.equal(transcript.expects, null);
});

test("malformed messages do not get past the reader", () => {
  const raw = [null, 7, "x", {}, { id: "1", from: "system" }, { id: "2", buttons: [{}, null, { title: "a", payload: "b" }], cards: [{}], card: { title: "t" }, checkpoint: "x", image: { alt: "no url" } }];
  const [only, ...rest] = readMessages(raw);
  assert.equal(rest.length, 0);
  assert.deepEqual(only?.buttons, [{ title: "a", payload: "b", spent: false }]);
  assert.equal(only?.cards.length, 1);
  assert.equal(only?.checkpoint, null);
  assert.equal(only?.image, null);
  assert.deepEqual(readMessages({ messages: [] }), []);
  assert.deepEqual(readReply("x"), { token: null, rotate: false, ended: false, messages: [] });
});

test("a problem's wait comes from the body or from Retry-After", () => {
  assert.equal(readProblem({ status: 429, retry_after: 7 }).retryAfter, 7);
  assert.equal(readProblem(null, 429, "3").retryAfter, 3);
  assert.equal(readProblem(null, 503, "Wed, 21 Oct 2026 07:28:00 GMT").retryAfter, null);
  assert.equal(readProblem(null, 503).status, 503);
});
