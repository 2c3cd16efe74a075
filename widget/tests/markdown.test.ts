import assert from "node:assert/strict";
import test from "node:test";
import { inline, linkRule, parse, type Span } from "../src/markdown.ts";

const rule = linkRule(new URL("https://shop.example/"));

/** The spans as one string: **b**, _i_, `c`, <href|host|text>, ↵. */
function drawn(spans: Span[]): string {
  return spans
    .map((span) => {
      switch (span.kind) {
        case "text": return span.text;
        case "code": return `\`${span.text}\``;
        case "break": return "↵";
        case "bold": return `**${drawn(span.spans)}**`;
        case "italic": return `_${drawn(span.spans)}_`;
        case "link": return `<${span.href}|${span.host}|${drawn(span.spans)}>`;
      }
    })
    .join("");
}

const cases: [string, string][] = [
  ["plain", "plain"],
  ["a **b c** d", "a **b c** d"],
  ["*i* and _j_", "_i_ and _j_"],
  ["**bold with *italic* inside**", "**bold with _italic_ inside**"],
  ["`**not bold**`", "`**not bold**`"],
  ["snake_case_name 2*3*4 * 5 *", "snake_case_name 2*3*4 * 5 *"],
  ["** no ** bold", "** no ** bold"],
  ["one\ntwo", "one↵two"],
  ["<b>no</b> <script>alert(1)</script>", "<b>no</b> <script>alert(1)</script>"],
  ["[a](https://x.example/y)", "<https://x.example/y|x.example|a>"],
  ["[a](/orders?x=1)", "<https://shop.example/orders?x=1||a>"],
  ["see https://x.example/y, or", "see <https://x.example/y||https://x.example/y>, or"],
  ["http://x.example stays", "http://x.example stays"],
  ["![p](https://x.example/p.gif)", "![p](https://x.example/p.gif)"],
  ["order #W2611340_ and 5_000", "order #W2611340_ and 5_000"],
];
for (const [text, expected] of cases) {
  test(`inline: ${JSON.stringify(text)}`, () => assert.equal(drawn(inline(text, rule)), expected));
}

const refused = [
  "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "blob:x", "file:///x",
  "//evil.example", "/\\evil.example", "\\\\evil.example", "http://evil.example", "https://user:secret@evil.example", "ftp://x", "mailto:a@b.example", "orders",
  "https://",
];
for (const href of refused) {
  test(`refused: ${href}`, () => {
    assert.equal(rule(href), null);
    assert.ok(inline(`[x](${href})`, rule).every((span) => span.kind !== "link" || span.href.startsWith("https://")));
  });
}

test("blocks: paragraphs and lists", () => {
  const blocks = parse("intro\r\n- one\n- two\n\n1. first\n2) second\nend", rule);
  assert.deepEqual(blocks.map((block) => block.kind), ["paragraph", "bullets", "numbers", "paragraph"]);
  assert.deepEqual(blocks.map((block) => ("items" in block ? block.items.length : 0)), [0, 2, 2, 0]);
});

test("every letter of the text survives, in time", () => {
  const nasty = ["*".repeat(4000), "[".repeat(4000), "`".repeat(4001), "_a".repeat(2000), "**a*".repeat(1000), "[a](".repeat(1000), "![".repeat(2000)];
  for (const text of nasty) {
    const start = performance.now();
    parse(text, rule);
    assert.ok(performance.now() - start < 500, text.slice(0, 8));
  }
});
