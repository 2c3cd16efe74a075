import { useEffect, useState } from "preact/hooks";
import type { RefObject } from "preact";
import type { Words } from "../words.ts";
import { useSurroundings } from "./context.ts";
import { LockIcon, SendIcon } from "./icons.tsx";

const LIMIT = 2000;
const WARN_FROM = 1800;
const DRAFT = "draft";

interface Field { autocomplete: string; inputMode: string; capitals: string; placeholder: keyof Words }

const plain: Field = { autocomplete: "off", inputMode: "text", capitals: "sentences", placeholder: "placeholder" };
const personal: Field = { ...plain, capitals: "none" };
const fields: Record<string, Field> = {
  address: { ...plain, autocomplete: "street-address", capitals: "words" },
  code: { ...personal, autocomplete: "one-time-code", capitals: "characters", placeholder: "placeholderCode" },
  email: { ...personal, autocomplete: "email", inputMode: "email", placeholder: "placeholderEmail" },
  name: { ...plain, autocomplete: "name", capitals: "words" },
  phone: { ...personal, autocomplete: "tel", inputMode: "tel" },
  postcode: { ...personal, autocomplete: "postal-code", capitals: "characters", placeholder: "placeholderPostcode" },
};

/** `expects`: the kind of personal answer that is asked for, or null. */
export function Composer({ expects, box }: { expects: string | null; box: RefObject<HTMLTextAreaElement | null> }) {
  const { conversation, words, kept } = useSurroundings();
  const [text, setText] = useState(() => kept.get(DRAFT) ?? "");
  useEffect(() => kept.set(DRAFT, expects || !text ? null : text), [text, expects]);
  const field = expects ? (fields[expects] ?? personal) : plain;
  const left = LIMIT - [...text].length;
  const counting = left <= LIMIT - WARN_FROM;
  const sendable = text.trim() !== "" && left >= 0;
  const send = () => {
    if (!sendable) return;
    conversation.say(text.trim());
    setText("");
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <div class="foot">
      {expects && <p class="lock" id="lock"><LockIcon />{words.lock}</p>}
      <form
        class="composer"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          ref={box}
          value={text}
          rows={Math.min(5, text.split("\n").length)}
          aria-label={words.composer}
          aria-describedby={`${expects ? "lock " : ""}keys${counting ? " count" : ""}`}
          aria-invalid={left < 0}
          placeholder={words[field.placeholder] as string}
          name={expects ?? "message"}
          autocomplete={field.autocomplete as "off"}
          inputMode={field.inputMode as "text"}
          autocapitalize={field.capitals as "none"}
          autocorrect={expects ? "off" : "on"}
          spellcheck={!expects}
          enterkeyhint="send"
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="send" aria-label={words.send} aria-disabled={!sendable}><SendIcon /></button>
      </form>
      <span class="sr" id="keys">{words.keys}</span>
      {counting && <p class={left < 0 ? "count over" : "count"} id="count">{left < 0 ? words.over(-left) : words.left(left)}</p>}
    </div>
  );
}
