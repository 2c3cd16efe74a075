import { render } from "preact";
import { Client } from "./client.ts";
import { Conversation } from "./conversation.ts";
import { linkRule } from "./markdown.ts";
import { Credentials, shelf } from "./storage.ts";
import styles from "./style.css";
import { Chat } from "./ui/Chat.tsx";
import { Context, type Surroundings } from "./ui/context.ts";
import { wordsFor } from "./words.ts";

const DEFAULT_LANGUAGE = "en";

/** The tag as the browser knows it, or empty: a page may write anything there. */
function localeOf(tag: string | undefined): string {
  try {
    return (tag && Intl.DateTimeFormat.supportedLocalesOf(tag)[0]) || "";
  } catch {
    return "";
  }
}

function surroundings(base: URL, settings: DOMStringMap): Surroundings {
  const language = localeOf(settings.language);
  const words = wordsFor(language || DEFAULT_LANGUAGE);
  const prefix = `countersign:${base.href}:`;
  const mode = base.origin === location.origin ? "cookie" : "bearer";
  const tab = shelf("sessionStorage", prefix);
  const credentials = new Credentials(mode, mode === "cookie" ? shelf("localStorage", prefix) : tab);
  const socketUrl = new URL("api/chat/socket", base);
  socketUrl.protocol = base.protocol === "https:" ? "wss:" : "ws:";
  const conversation = new Conversation(new Client(base, credentials, language), socketUrl, words, tab);
  const title = settings.title || words.title;
  return { conversation, words, language: language || DEFAULT_LANGUAGE, title, base, link: linkRule(base), kept: tab };
}

/** Makes the element's class; `base` is where the script came from, and the only place it ever talks to. */
export function chatElement(base: URL, script: DOMStringMap): typeof HTMLElement {
  return class CountersignChat extends HTMLElement {
    private parts: Surroundings | null = null;
    private shown = false;
    private readonly root = this.attachShadow({ mode: "open" });

    connectedCallback(): void {
      this.parts ??= surroundings(base, { ...script, ...this.dataset });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(styles);
      this.root.adoptedStyleSheets = [sheet];
      this.lang ||= this.parts.language;
      this.followKeyboard();
      this.draw();
    }

    disconnectedCallback(): void {
      render(null, this.root);
    }

    open(): void {
      this.show(true);
    }

    close(): void {
      this.show(false);
    }

    private show(open: boolean): void {
      this.shown = open;
      this.draw();
    }

    private draw(): void {
      render(
        <Context.Provider value={this.parts}>
          <Chat open={this.shown} setOpen={(open) => this.show(open)} />
        </Context.Provider>,
        this.root,
      );
    }

    /** On-screen keyboards that cover the page leave the height of the rest only in visualViewport. */
    private followKeyboard(): void {
      const view = window.visualViewport;
      const fit = () => view && this.style.setProperty("--visible-height", `${Math.round(view.height)}px`);
      view?.addEventListener("resize", fit);
    }
  };
}
