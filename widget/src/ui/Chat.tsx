import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { View } from "../conversation.ts";
import type { Words } from "../words.ts";
import { Composer } from "./Composer.tsx";
import { useSurroundings } from "./context.ts";
import { ChatIcon, CloseIcon, ShieldIcon } from "./icons.tsx";
import { Log } from "./Log.tsx";
import { Menu } from "./Menu.tsx";

const SHEET = "(max-width: 480px)";
const FOCUSABLE = "a[href], button:not([disabled]), textarea, [tabindex='0']";

export function Chat({ open, setOpen }: { open: boolean; setOpen: (open: boolean) => void }) {
  const { conversation, words, title } = useSurroundings();
  const launcher = useRef<HTMLButtonElement>(null);
  const was = useRef(open);
  useEffect(() => {
    if (open) conversation.start();
    else if (was.current) launcher.current?.focus();
    was.current = open;
  }, [open]);
  return open ? (
    <Panel close={() => setOpen(false)} />
  ) : (
    <button type="button" class="launcher" ref={launcher} aria-expanded={false} aria-label={words.open(title)} onClick={() => setOpen(true)}>
      <ChatIcon />
    </button>
  );
}

function useView(): View {
  const { conversation } = useSurroundings();
  const [view, setView] = useState(conversation.view);
  useEffect(() => {
    setView(conversation.view);
    return conversation.subscribe(() => setView(conversation.view));
  }, [conversation]);
  return view;
}

function Panel({ close }: { close: () => void }) {
  const { words, title } = useSurroundings();
  const view = useView();
  const panel = useRef<HTMLElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const sheet = useSheet();
  const focus = () => box.current?.focus();
  useEffect(focus, []);
  useKeptFocus(panel);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab" && sheet) keepInside(event, panel.current);
  };
  return (
    <section
      class="panel" role="dialog" aria-modal={sheet} aria-labelledby="title" tabIndex={-1} ref={panel} onKeyDown={onKeyDown}
    >
      <div class="head">
        <span class="mark" aria-hidden="true"><ShieldIcon /></span>
        <div class="titles">
          <h2 id="title">{title}</h2>
          <p>{words.subtitle}</p>
        </div>
        <Menu done={focus} />
        <button type="button" class="head-button" aria-label={words.close} onClick={close}><CloseIcon /></button>
      </div>
      <Log view={view} />
      <Status view={view} words={words} />
      <Composer expects={view.expects} box={box} />
    </section>
  );
}

/** A button that goes away with what it stood on takes the focus along; it stays in the panel instead. */
function useKeptFocus(panel: RefObject<HTMLElement | null>): void {
  const inside = useRef(true);
  useEffect(() => {
    const look = (event: Event) => {
      inside.current = panel.current !== null && event.composedPath().includes(panel.current);
    };
    const kinds = ["pointerdown", "focusin"];
    kinds.forEach((kind) => document.addEventListener(kind, look));
    return () => kinds.forEach((kind) => document.removeEventListener(kind, look));
  }, []);
  useLayoutEffect(() => {
    if (inside.current && document.activeElement === document.body) panel.current?.focus();
  });
}

/** Says aloud, and in one line, what is not a message. */
function Status({ view, words }: { view: View; words: Words }) {
  const cut = view.phase === "open" && !view.live && view.outbox.some((item) => item.state === "waiting");
  const line =
    view.trouble || (view.offline ? words.offline : view.phase === "unreachable" ? words.unreachable : cut ? words.reconnecting : "");
  return (
    <div class="status">
      {line && <p class="line">{line}{view.phase === "unreachable" && !view.offline && <Again />}</p>}
      <p class="sr" role="status">{line || (view.typing ? words.typing : "")}</p>
    </div>
  );
}

function Again() {
  const { conversation, words } = useSurroundings();
  return <button type="button" onClick={() => conversation.start()}>{words.retry}</button>;
}

/** True where the panel covers the page: then it is modal, as nothing behind it can be seen. */
function useSheet(): boolean {
  const [sheet, setSheet] = useState(() => matchMedia(SHEET).matches);
  useEffect(() => {
    const query = matchMedia(SHEET);
    const look = () => setSheet(query.matches);
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return sheet;
}

function keepInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const all = [...(panel?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
  const active = (panel?.getRootNode() as ShadowRoot | undefined)?.activeElement;
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (!edge || active !== edge) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
