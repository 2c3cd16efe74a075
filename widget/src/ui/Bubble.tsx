import { useEffect, useState } from "preact/hooks";
import type { Checkpoint, Message } from "../types.ts";
import type { Outgoing } from "../outbox.ts";
import { Cards, Choices, Image } from "./CardView.tsx";
import { useSurroundings } from "./context.ts";
import { ShieldIcon } from "./icons.tsx";
import { Rich } from "./Rich.tsx";

export function Stamp({ at, quiet }: { at: string; quiet: boolean }) {
  const { language } = useSurroundings();
  const when = new Date(at);
  if (Number.isNaN(when.getTime())) return null;
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(when);
  return <time class={quiet ? "sr" : "stamp"} dateTime={when.toISOString()}>{time}</time>;
}

/** `quiet`: the same person goes on at once, so the time is for screen readers only. */
export function Bubble({ message, quiet, spent, open }: { message: Message; quiet: boolean; spent: ReadonlySet<string>; open: boolean }) {
  const { words } = useSurroundings();
  const { from } = message;
  const who = from === "shopper" ? words.you : from === "agent" ? words.agent : words.assistant;
  return (
    <div class={`turn ${from}`}>
      <span class="sr">{words.said(who)}</span>
      {from === "agent" && <span class="name" aria-hidden="true">{words.agent}</span>}
      {message.text && (
        <div class="bubble">{from === "shopper" ? <p class="plain">{message.text}</p> : <Rich text={message.text} />}</div>
      )}
      {message.image && <div class="picture"><Image picture={message.image} /></div>}
      <Cards cards={message.cards} spent={spent} />
      {message.checkpoint && <Gate checkpoint={message.checkpoint} typed={message.sensitive === "email"} open={open} />}
      <Choices buttons={message.buttons} spent={spent} together />
      <Stamp at={message.at} quiet={quiet} />
    </div>
  );
}

/** `open`: no later checkpoint has taken its place. `typed`: the answer may be given right here, too. */
function Gate({ checkpoint, typed, open }: { checkpoint: Checkpoint; typed: boolean; open: boolean }) {
  const { words, base } = useSurroundings();
  const url = URL.canParse(checkpoint.url, base) ? new URL(checkpoint.url, base) : null;
  // Only the shop's own pages: a secure page elsewhere would be phishing.
  const safe = open && url?.origin === base.origin && checkpoint.url !== "";
  return (
    <div class="gate">
      <p class="gate-title"><ShieldIcon />{words.checkpoint}</p>
      {/\s/.test(checkpoint.reason) && <p>{checkpoint.reason}</p>}
      {safe && (
        <a class="primary" href={url.href} target="_blank" rel="noopener">
          {words.checkpointOpen}<span class="sr"> {words.newTab}</span>
        </a>
      )}
      {open && (typed || /sign/i.test(checkpoint.level)) && <p class="hint">{words.checkpointHint}</p>}
    </div>
  );
}

export function Unsent({ item, live }: { item: Outgoing; live: boolean }) {
  const { words, conversation } = useSurroundings();
  return (
    <div class={`turn shopper ${item.state}`}>
      <span class="sr">{words.said(words.you)}</span>
      <div class="bubble"><p class="plain">{item.shown}</p></div>
      {item.state === "failed" ? (
        <div class="failure">
          <span>{words.failed} {item.reason}</span>
          <button type="button" onClick={() => conversation.retry(item.key)}>{words.retry}</button>
          <button type="button" onClick={() => conversation.discard(item.key)}>{words.discard}</button>
        </div>
      ) : (
        <span class="stamp">
          {item.state === "delayed" ? <Countdown due={item.due} /> : item.state === "waiting" && !live ? words.waiting : words.sending}
        </span>
      )}
    </div>
  );
}

function Countdown({ due }: { due: number }) {
  const { words } = useSurroundings();
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  // Hidden from the live region, which would read out every second.
  return <span aria-hidden="true">{words.delayed(Math.max(1, Math.ceil((due - now) / 1000)))}</span>;
}
