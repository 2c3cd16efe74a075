import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { View } from "../conversation.ts";
import type { Message } from "../types.ts";
import { Bubble, Unsent } from "./Bubble.tsx";
import { useSurroundings } from "./context.ts";
import { DownIcon } from "./icons.tsx";

const NEAR_PX = 80;
const TOGETHER_MS = 120_000;

export function Log({ view }: { view: View }) {
  const { words } = useSurroundings();
  const log = useRef<HTMLDivElement>(null);
  const [pinned, setPinned] = useState(true);
  const loading = view.phase === "opening" && !view.entries.length;
  const toEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });
  const look = () => {
    const { scrollHeight, scrollTop, clientHeight } = log.current ?? { scrollHeight: 0, scrollTop: 0, clientHeight: 0 };
    setPinned(scrollHeight - scrollTop - clientHeight < NEAR_PX);
  };
  const own = view.outbox.length;
  useLayoutEffect(() => {
    if (pinned || own) toEnd();
  }, [view.entries, own, view.typing, view.remarks]);
  useEffect(() => {
    // The log shrinks when the keyboard or the lock line comes: what was last in sight stays in sight.
    const watch = new ResizeObserver(() => pinned && toEnd());
    if (log.current) watch.observe(log.current);
    return () => watch.disconnect();
  }, [pinned]);
  return (
    <div class="log-frame">
      <div class="log" role="log" aria-live={loading ? "off" : "polite"} aria-label={words.log} tabIndex={0} ref={log} onScroll={look}>
        <NoticeLine view={view} />
        {view.remarks.map((remark) => <p key={remark} class="remark">{remark}</p>)}
        <Entries view={view} />
        {view.outbox.map((item) => <Unsent key={item.key} item={item} live={view.live} />)}
        {view.phase === "ended" && <p class="remark">{words.ended}</p>}
        {(view.typing || loading) && <div class="typing" aria-hidden="true"><i /><i /><i /></div>}
      </div>
      {!pinned && (
        <button type="button" class="latest" onClick={() => { toEnd(); log.current?.focus(); }}><DownIcon />{words.latest}</button>
      )}
    </div>
  );
}

function NoticeLine({ view }: { view: View }) {
  const { words, base } = useSurroundings();
  if (!view.notice) return null;
  return (
    <p class="notice">
      {view.notice.text}{" "}
      <a href={new URL("notice", base).href} target="_blank" rel="noopener">
        {words.noticeLink}<span class="sr"> {words.newTab}</span>
      </a>
    </p>
  );
}

function Entries({ view }: { view: View }) {
  const { entries, spent } = view;
  const gate = entries.findLastIndex((entry) => entry.checkpoint);
  return (
    <>
      {entries.map((message, index) => {
        const earlier = entries[index - 1], later = entries[index + 1];
        return (
          <div key={message.key ?? message.id} class="entry">
            {!sameDay(earlier, message) && <Day at={message.at} />}
            <Bubble message={message} quiet={together(message, later)} spent={spent} open={index === gate} />
          </div>
        );
      })}
    </>
  );
}

const together = (one: Message, next: Message | undefined): boolean =>
  next?.from === one.from && Date.parse(next.at) - Date.parse(one.at) < TOGETHER_MS;

const sameDay = (one: Message | undefined, other: Message): boolean =>
  one !== undefined && new Date(one.at).toDateString() === new Date(other.at).toDateString();

function Day({ at }: { at: string }) {
  const { words, language } = useSurroundings();
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return null;
  const yesterday = new Date();
  yesterday.setDate(yesterday.getDate() - 1);
  const name =
    when.toDateString() === new Date().toDateString() ? words.today
    : when.toDateString() === yesterday.toDateString() ? words.yesterday
    : new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" }).format(when);
  return <p class="day"><span>{name}</span></p>;
}
