import { useEffect, useRef, useState } from "preact/hooks";
import type { Button, Card, Picture } from "../types.ts";
import { BackIcon, NextIcon } from "./icons.tsx";
import { useSurroundings } from "./context.ts";

/** Pictures come from the shop or from the page, never from anywhere else: an address is a way to be watched. */
export function Image({ picture }: { picture: Picture }) {
  const { base } = useSurroundings();
  const url = URL.canParse(picture.url, base) ? new URL(picture.url, base) : null;
  const allowed = url && (url.origin === base.origin || url.origin === location.origin);
  return allowed ? <img src={url.href} alt={picture.alt} loading="lazy" decoding="async" /> : null;
}

/** `together`: one choice spends them all. */
export function Choices({ buttons, spent, together }: { buttons: Button[]; spent: ReadonlySet<string>; together: boolean }) {
  const { conversation } = useSurroundings();
  if (!buttons.length) return null;
  const group = buttons.map((button) => button.payload);
  return (
    <div class="choices">
      {buttons.map(({ title, payload, spent: given }) => {
        const gone = given || spent.has(payload);
        // Not `disabled`: the button that was just pressed would lose the focus to nowhere.
        return (
          <button
            key={payload}
            type="button"
            aria-disabled={gone}
            tabIndex={gone ? -1 : 0}
            onClick={() => !gone && conversation.choose(title, payload, together ? group : [payload])}
          >
            {title}
          </button>
        );
      })}
    </div>
  );
}

function CardView({ card, spent }: { card: Card; spent: ReadonlySet<string> }) {
  return (
    <article class="card">
      {card.image && <Image picture={card.image} />}
      <div class="card-body">
        {card.title && <h3>{card.title}</h3>}
        {card.subtitle && <p class="subtitle">{card.subtitle}</p>}
        {card.rows.length > 0 && (
          <dl>
            {card.rows.map((row, index) => (
              <div key={index}>
                <dt>{row.label}</dt>
                <dd>{row.value}</dd>
              </div>
            ))}
          </dl>
        )}
        <Choices buttons={card.buttons} spent={spent} together={false} />
      </div>
    </article>
  );
}

export function Cards({ cards, spent }: { cards: Card[]; spent: ReadonlySet<string> }) {
  const { words } = useSurroundings();
  const strip = useRef<HTMLDivElement>(null);
  const [ends, setEnds] = useState({ first: true, last: false });
  const measure = () => {
    const { scrollLeft, scrollWidth, clientWidth } = strip.current ?? { scrollLeft: 0, scrollWidth: 0, clientWidth: 0 };
    const gone = Math.abs(scrollLeft);
    setEnds({ first: gone < 4, last: gone + clientWidth > scrollWidth - 4 });
  };
  useEffect(measure, [cards.length]);
  if (cards.length < 3) return <>{cards.map((card, index) => <CardView key={index} card={card} spent={spent} />)}</>;
  const turn = (step: number) => {
    const way = strip.current && getComputedStyle(strip.current).direction === "rtl" ? -step : step;
    strip.current?.scrollBy({ left: way * strip.current.clientWidth * 0.8 });
  };
  return (
    <div class="carousel">
      <div class="strip" role="region" aria-label={words.cards(cards.length)} tabIndex={0} ref={strip} onScroll={measure}>
        {cards.map((card, index) => <CardView key={index} card={card} spent={spent} />)}
      </div>
      <div class="turners">
        <button type="button" aria-label={words.previous} aria-disabled={ends.first} onClick={() => turn(-1)}><BackIcon /></button>
        <button type="button" aria-label={words.next} aria-disabled={ends.last} onClick={() => turn(1)}><NextIcon /></button>
      </div>
    </div>
  );
}
