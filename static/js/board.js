// The board, better with a script: what is sorted by hand (sorting.js) is sent, and what others did
// appears within seconds. Without it every card has its "move to" page.
(() => {
  "use strict";

  const ASK_EVERY = 3000;
  const board = document.querySelector("[data-board]");
  if (!board) return;
  const said = document.querySelector("[data-board-said]");
  const refused = document.querySelector("[data-board-refused]");
  const token = document.querySelector('input[name="csrf_token"]').value;
  let change = board.dataset.change;
  let sent = Promise.resolve();
  let waiting = 0; // moves that are not answered yet

  const say = (text) => {
    said.textContent = text;
  };
  // Whoever looks sees why a card went back; that one moved is seen at the card itself.
  const showRefusal = (text, card) => {
    refused.querySelector("p").textContent = text;
    refused.dataset.of = card;
    refused.hidden = !text;
  };
  refused.querySelector("button").addEventListener("click", () => {
    refused.hidden = true;
    document.getElementById(`card-${refused.dataset.of}`)?.querySelector("a")?.focus();
  });
  const isBusy = () => waiting > 0 || document.documentElement.classList.contains("is-sorting");

  // The page itself is the only source of how a board looks: it is read anew and put in place.
  const refresh = async () => {
    const focused = document.activeElement?.closest("[data-card]")?.id;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-board]");
    if (!fresh || isBusy()) return;
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
    if (document.hidden || isBusy()) return;
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

  const send = async ({ item, list, number, before, after }) => {
    const form = new URLSearchParams({ csrf_token: token, column_id: list.dataset.column });
    let refusal = "";
    if (after) form.set("before_id", after.dataset.card);
    else if (before) form.set("after_id", before.dataset.card);
    try {
      const answer = await fetch(`/cards/${item.dataset.card}/drop`, {
        method: "POST",
        body: form,
        headers: { Accept: "application/problem+json" },
      });
      const told = await answer.json();
      if (!answer.ok) refusal = told.title || board.dataset.saidRefused;
    } catch {
      refusal = board.dataset.saidRefused;
    }
    const moved = board.dataset.saidMoved.replace("{column}", list.dataset.name);
    say(refusal || moved.replace("{number}", String(number)));
    showRefusal(refusal, item.dataset.card);
    waiting -= 1;
    await refresh().catch(() => {});
  };

  // One after the other, in the order they were made.
  board.addEventListener("sorted", (event) => {
    waiting += 1;
    sent = sent.then(() => send(event.detail));
  });
})();
