/*
 * Lists whose items are put in order by hand: mouse, finger, pen and keyboard. It only moves the
 * elements and says so; whoever uses it listens for "sorted" and keeps what was done.
 *
 *   <ol data-sort-list="cards">            lists of the same name exchange their items
 *     <li data-sort-item>
 *       <span class="sort-handle" data-sort-handle aria-hidden="true"></span>
 *       … something that takes the focus, such as a link
 *
 * A mouse takes an item anywhere, a finger by its handle alone, for elsewhere it scrolls the page.
 * With something of an item in focus, Alt and an arrow key move it. Esc lets go of what is dragged.
 * [data-sort-zone] around a list lets items be dropped on all of that. Everything is listened for
 * at the document, so that lists may be replaced at any time, but not while `html.is-sorting`.
 *
 *   "sorted" (bubbles from the list): detail = { item, list, from, number, before, after }
 *   number counts from 1; before and after are the neighbours above and below, or undefined.
 */
(() => {
  "use strict";

  const LISTS = "[data-sort-list]";
  const ITEMS = "[data-sort-item]";
  const TYPED = "button, input, select, textarea, summary, label";
  const STARTS_AFTER = 6; // pixels: less is a click with a trembling hand
  const EDGE = 72; // so near the edge of the screen the page scrolls along
  const FASTEST = 14;

  const root = document.documentElement;
  root.classList.add("can-sort");
  let held = null; // what is pressed, and from its first move on dragged

  const itemsOf = (list) => [...list.children].filter((each) => each.matches(ITEMS));
  const listsOf = (name) =>
    [...document.querySelectorAll(LISTS)].filter((each) => each.dataset.sortList === name);

  const tell = (item, from) => {
    const list = item.closest(LISTS);
    const items = itemsOf(list);
    const at = items.indexOf(item);
    const neighbours = { before: items[at - 1], after: items[at + 1] };
    const detail = { item, list, from, number: at + 1, ...neighbours };
    list.dispatchEvent(new CustomEvent("sorted", { bubbles: true, detail }));
  };

  const listAt = (x, y, name) => {
    const found = document.elementFromPoint(x, y);
    const list = found?.closest(LISTS) ?? found?.closest("[data-sort-zone]")?.querySelector(LISTS);
    return list?.dataset.sortList === name ? list : null;
  };

  const follow = () => {
    const { item, x, y } = held;
    const list = listAt(x, y, held.from.dataset.sortList);
    if (!list) return;
    const below = itemsOf(list).find((each) => {
      const box = each.getBoundingClientRect();
      return each !== item && y < box.top + box.height / 2;
    });
    const items = itemsOf(list);
    const stands = items.includes(item) && items[items.indexOf(item) + 1] === below;
    if (!stands) list.insertBefore(item, below ?? null);
  };

  const scroll = () => {
    if (!held?.isDragged) return;
    const over = Math.max(held.y - innerHeight + EDGE, 0) - Math.max(EDGE - held.y, 0);
    if (over) {
      scrollBy({ top: Math.sign(over) * Math.min(Math.abs(over) / 4, FASTEST), behavior: "instant" });
      follow();
    }
    requestAnimationFrame(scroll);
  };

  const release = () => {
    const dropped = held;
    held = null;
    root.classList.remove("is-sorting");
    dropped?.item.classList.remove("is-sorted");
    return dropped;
  };
  const cancel = () => {
    const dropped = release();
    if (dropped?.isDragged && dropped.item.isConnected) dropped.from.insertBefore(dropped.item, dropped.next);
  };

  document.addEventListener("pointerdown", (event) => {
    const item = event.target.closest(ITEMS);
    const from = item?.closest(LISTS);
    if (held || !from || event.button !== 0 || !event.isPrimary) return;
    const isHandle = event.target.closest("[data-sort-handle]");
    if (!isHandle && (event.pointerType !== "mouse" || event.target.closest(TYPED))) return;
    const { pointerId, clientX, clientY } = event;
    held = { item, from, next: item.nextSibling, pointerId, isDragged: false };
    Object.assign(held, { x: clientX, y: clientY, startX: clientX, startY: clientY });
  });

  document.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.pointerId) return;
    [held.x, held.y] = [event.clientX, event.clientY];
    // Let go of outside the window, or the list was replaced under the pointer.
    if (event.buttons === 0 || !held.item.isConnected) return void cancel();
    if (!held.isDragged) {
      if (Math.hypot(held.x - held.startX, held.y - held.startY) < STARTS_AFTER) return;
      held.isDragged = true;
      // The page itself takes the pointer: the item is moved about, and would lose it each time.
      root.setPointerCapture(held.pointerId);
      root.classList.add("is-sorting");
      held.item.classList.add("is-sorted");
      getSelection().removeAllRanges();
      requestAnimationFrame(scroll);
    }
    follow();
  });

  document.addEventListener("pointerup", (event) => {
    if (event.pointerId !== held?.pointerId) return;
    const { item, from, next, isDragged } = release();
    if (!isDragged) return;
    // What follows a drag on a link is no click on it.
    const swallow = (click) => {
      click.preventDefault();
      click.stopPropagation();
    };
    addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    if (item.parentElement !== from || item.nextSibling !== next) tell(item, from);
  });

  document.addEventListener("pointercancel", (event) => {
    if (event.pointerId === held?.pointerId) cancel();
  });
  // Else the browser would drag the link, or mark text, in our place.
  for (const name of ["dragstart", "selectstart"]) {
    document.addEventListener(name, (event) => held && event.preventDefault());
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") cancel();
    const item = event.target.closest?.(ITEMS);
    const from = item?.closest(LISTS);
    if (!from || held || !event.altKey || !event.key.startsWith("Arrow")) return;
    const lists = listsOf(from.dataset.sortList);
    const isUp = event.key === "ArrowUp";
    const isInList = isUp || event.key === "ArrowDown";
    if (!isInList && lists.length === 1) return; // a way back in the browser
    event.preventDefault();
    const focused = document.activeElement;
    if (isInList) {
      const items = itemsOf(from);
      const to = items.indexOf(item) + (isUp ? -1 : 2);
      if (to < 0 || to > items.length) return;
      from.insertBefore(item, items[to] ?? null);
    } else {
      const next = lists[lists.indexOf(from) + (event.key === "ArrowLeft" ? -1 : 1)];
      if (!next) return;
      next.append(item);
    }
    focused.focus();
    tell(item, from);
  });
})();
