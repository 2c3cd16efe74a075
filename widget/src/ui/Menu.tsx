import { useEffect, useRef, useState } from "preact/hooks";
import { useSurroundings } from "./context.ts";
import { BinIcon, FreshIcon, MenuIcon } from "./icons.tsx";

/** A disclosure, not an ARIA menu: two buttons need no arrow keys. `done` gives the focus back to the composer. */
export function Menu({ done }: { done: () => void }) {
  const { conversation, words } = useSurroundings();
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) keep.current?.focus();
  }, [asking]);
  const shut = () => {
    setOpen(false);
    setAsking(false);
  };
  const run = (deed: () => Promise<void>) => {
    shut();
    done();
    void deed();
  };
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        shut();
        opener.current?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget && !root.current?.contains(event.relatedTarget as Node)) shut();
      }}
    >
      <button type="button" class="head-button" ref={opener} aria-label={words.menu} aria-expanded={open} onClick={() => (open ? shut() : setOpen(true))}>
        <MenuIcon />
      </button>
      {open && !asking && (
        <div class="sheet">
          <button type="button" onClick={() => run(() => conversation.renewConversation())}><FreshIcon />{words.fresh}</button>
          <button type="button" onClick={() => setAsking(true)}><BinIcon />{words.erase}</button>
        </div>
      )}
      {open && asking && (
        <div class="sheet" role="group" aria-label={words.eraseAsk}>
          <p>{words.eraseAsk}</p>
          <div class="pair">
            <button type="button" class="danger" onClick={() => run(() => conversation.erase())}>{words.eraseYes}</button>
            <button type="button" ref={keep} onClick={() => { shut(); opener.current?.focus(); }}>{words.eraseNo}</button>
          </div>
        </div>
      )}
    </div>
  );
}
