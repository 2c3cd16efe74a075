import { parse, type Block, type Span } from "../markdown.ts";
import { useSurroundings } from "./context.ts";

/** The assistant's text: text nodes and the few elements of the allow-list. */
export function Rich({ text }: { text: string }) {
  const { link } = useSurroundings();
  return <div class="rich">{parse(text, link).map((block, index) => <BlockView key={index} block={block} />)}</div>;
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "paragraph") return <p><Spans spans={block.spans} /></p>;
  const items = block.items.map((spans, index) => <li key={index}><Spans spans={spans} /></li>);
  return block.kind === "bullets" ? <ul>{items}</ul> : <ol>{items}</ol>;
}

const Spans = ({ spans }: { spans: Span[] }) => <>{spans.map((span, index) => <SpanView key={index} span={span} />)}</>;

function SpanView({ span }: { span: Span }) {
  const { words } = useSurroundings();
  switch (span.kind) {
    case "text": return <>{span.text}</>;
    case "code": return <code>{span.text}</code>;
    case "break": return <br />;
    case "bold": return <strong><Spans spans={span.spans} /></strong>;
    case "italic": return <em><Spans spans={span.spans} /></em>;
    case "link": return (
      <a href={span.href} target="_blank" rel="noopener noreferrer nofollow">
        <Spans spans={span.spans} />
        {span.host && <span class="host"> ({span.host})</span>}
        <span class="sr"> {words.newTab}</span>
      </a>
    );
  }
}
