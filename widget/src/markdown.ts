// The allow-list: bold, italic, code, lists, line breaks, links. Everything else stays the text it is.
// The result is data; the view makes text nodes of it, so there is nothing to sanitise.

export type Span =
  | { kind: "text"; text: string }
  | { kind: "code"; text: string }
  | { kind: "break" }
  | { kind: "bold" | "italic"; spans: Span[] }
  | { kind: "link"; href: string; host: string; spans: Span[] };

export type Block = { kind: "paragraph"; spans: Span[] } | { kind: "bullets" | "numbers"; items: Span[][] };

/** Gives the address a link may have and the host to show beside it (empty: the shop itself), or null. */
export type LinkRule = (href: string) => { href: string; host: string } | null;

const DEPTH = 4;
const INLINE = new RegExp(
  [
    "!\\[[^\\[\\]\\n]*\\]\\([^()\\n]*\\)",
    "`([^`\\n]+)`",
    "\\*\\*(?=\\S)([^\\n]*?\\S)\\*\\*",
    "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s*])([^*\\n]*?[^\\s*])\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=[^\\s_])([^_\\n]*?[^\\s_])_(?![\\p{L}\\p{N}_])",
    "\\[([^\\[\\]\\n]{1,300})\\]\\(([^\\s()<>]{1,2000})\\)",
    "(https://[^\\s<>()\\[\\]\"'`*]{1,2000})",
  ].join("|"),
  "gu",
);
const TRAILING = /[.,;:!?…]+$/;

export function linkRule(base: URL): LinkRule {
  return (raw) => {
    if (!/^(https?:\/\/|\/(?![/\\]))/i.test(raw)) return null;
    const url = URL.canParse(raw, base) ? new URL(raw, base) : null;
    if (!url || url.username || url.password) return null;
    if (url.origin === base.origin) return { href: url.href, host: "" };
    return url.protocol === "https:" ? { href: url.href, host: url.host } : null;
  };
}

export function inline(text: string, rule: LinkRule, depth = 0): Span[] {
  const spans: Span[] = [];
  const plain = (piece: string) => {
    piece.split("\n").forEach((line, index) => {
      if (index) spans.push({ kind: "break" });
      if (line) spans.push({ kind: "text", text: line });
    });
  };
  const nested = (piece: string): Span[] =>
    depth < DEPTH ? inline(piece, rule, depth + 1) : [{ kind: "text", text: piece }];
  let done = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, code, bold, star, line, label, target, bare] = match;
    let span: Span | null = null;
    let used = whole.length;
    if (code) span = { kind: "code", text: code };
    else if (bold) span = { kind: "bold", spans: nested(bold) };
    else if (star || line) span = { kind: "italic", spans: nested(star ?? line ?? "") };
    else if (label && target) {
      const link = rule(target);
      span = link && { kind: "link", ...link, spans: [{ kind: "text", text: label }] };
    } else if (bare) {
      const address = bare.replace(TRAILING, "");
      const link = rule(address);
      used = address.length;
      span = link && { kind: "link", href: link.href, host: "", spans: [{ kind: "text", text: address }] };
    }
    if (!span) continue;
    plain(text.slice(done, match.index));
    spans.push(span);
    done = match.index + used;
  }
  plain(text.slice(done));
  return spans;
}

const ITEM = /^\s{0,3}(?:([-*•])|(\d{1,3})[.)])\s+(.+)$/;

export function parse(text: string, rule: LinkRule): Block[] {
  const blocks: Block[] = [];
  let lines: string[] = [];
  const flush = () => {
    if (lines.length) blocks.push({ kind: "paragraph", spans: inline(lines.join("\n"), rule) });
    lines = [];
  };
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const item = ITEM.exec(line);
    if (item) {
      flush();
      const kind = item[1] ? "bullets" : "numbers";
      const last = blocks.at(-1);
      const spans = inline(item[3] ?? "", rule);
      if (last?.kind === kind && "items" in last) last.items.push(spans);
      else blocks.push({ kind, items: [spans] });
    } else if (line.trim()) lines.push(line.trimEnd());
    else flush();
  }
  flush();
  return blocks;
}
