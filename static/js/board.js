// The board, better with a script: drag and drop, Alt with the arrow keys, and what others did
// appears within seconds. Without it every card has its "move to" page.
(() => {
  "use strict";

  const ASK_EVERY = 3000;
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const said = document.querySelector("[data-board-said]");
  const token = document.querySelector('input[name="csrf_token"]').value;
  let change = board.dataset.change;
  let dragged = null;
  let isSending = false;

  const say = (text) => {
    said.textContent = text;
  };
  const cardsOf = (column) => [...column.querySelectorAll("[data-card]")];

  // The page itself is the only source of how a board looks: it is read anew and put in place.
  const refresh = async () => {
    const focused = document.activeElement?.closest("[data-card]")?.id;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || dragged || isSending) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-board]");
    if (!fresh) return;
    const typed = board.querySelector("#new-title")?.value;
    const wasTyping = document.activeElement?.id === "new-title";
    change = fresh.dataset.change;
    board.replaceChildren(...fresh.childNodes);
    board.dataset.change = change;
    document.querySelector(".page-actions")?.replaceWith(page.querySelector(".page-actions") ?? "");
    const field = board.querySelector("#new-title");
    if (field && typed) field.value = typed;
    if (field && wasTyping) field.focus();
    if (focused) document.getElementById(focused)?.querySelector("a")?.focus();
  };

  const ask = async () => {
    if (document.hidden || dragged || isSending) return;
    const asked = { "If-None-Match": `"${board.dataset.version.split("/")[2]}-${change}"` };
    const answer = await fetch(board.dataset.version, { headers: asked });
    if (answer.status === 200 && String((await answer.json()).change) !== String(change)) {
      await refresh();
    }
  };
  const askQuietly = () => ask().catch(() => {}); // the server is asked again in a moment
  setInterval(askQuietly, ASK_EVERY);
  document.addEventListener("visibilitychange", askQuietly);

  if (!("workable" in board.dataset)) return;

  const send = async (card, column) => {
    const cards = cardsOf(column);
    const at = cards.indexOf(card);
    const form = new URLSearchParams({ csrf_token: token, column_id: column.dataset.column });
    if (cards[at + 1]) form.set("before_id", cards[at + 1].dataset.card);
    else if (cards[at - 1]) form.set("after_id", cards[at - 1].dataset.card);
    isSending = true;
    try {
      const answer = await fetch(`/cards/${card.dataset.card}/drop`, {
        method: "POST",
        body: form,
        headers: { Accept: "application/problem+json" },
      });
      const told = await answer.json();
      say(
        answer.ok
          ? board.dataset.saidMoved
              .replace("{column}", column.dataset.name)
              .replace("{number}", String(at + 1))
          : told.title || board.dataset.saidRefused,
      );
    } catch {
      say(board.dataset.saidRefused);
    }
    isSending = false;
    await refresh().catch(() => {});
  };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.card);
    dragged.classList.add("card-dragged");
  });
  board.addEventListener("dragover", (event) => {
    const column = event.target.closest(".board-column")?.querySelector("[data-column]");
    if (!dragged || !column) return;
    event.preventDefault();
    const below = cardsOf(column).find((card) => {
      const box = card.getBoundingClientRect();
      return card !== dragged && event.clientY < box.top + box.height / 2;
    });
    column.insertBefore(dragged, below ?? null);
  });
  board.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const card = dragged;
    dragged = null;
    card.classList.remove("card-dragged");
    send(card, card.closest("[data-column]"));
  });
  board.addEventListener("dragend", () => {
    if (!dragged) return; // it was dropped
    dragged.classList.remove("card-dragged");
    dragged = null;
    refresh().catch(() => {});
  });

  document.addEventListener("keydown", (event) => {
    const card = event.target.closest?.("[data-card]");
    if (!card || !event.altKey || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    if (isSending) return;
    const column = card.closest("[data-column]");
    const columns = [...board.querySelectorAll("[data-column]")];
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      const cards = cardsOf(column);
      const to = cards.indexOf(card) + (event.key === "ArrowUp" ? -1 : 2);
      if (to < 0 || to > cards.length) return;
      column.insertBefore(card, cards[to] ?? null);
      send(card, column);
      return;
    }
    const next = columns[columns.indexOf(column) + (event.key === "ArrowLeft" ? -1 : 1)];
    if (!next) return;
    next.append(card);
    card.querySelector("a").focus();
    send(card, next);
  });
})();
