// <form data-order>: what is sorted by hand in its list (sorting.js) is sent as a whole order, and
// the list is read anew from the page that answers. Without a script every row has its buttons.
(() => {
  "use strict";

  const send = async (form, { item, number }) => {
    const rows = [...form.querySelectorAll("[data-item]")];
    const sent = new URLSearchParams({
      csrf_token: form.querySelector('input[name="csrf_token"]').value,
      act: "order",
      order: rows.map((row) => row.dataset.item).join(","),
    });
    const action = form.getAttribute("action");
    const button = item.contains(document.activeElement) ? document.activeElement.value : null;
    const answer = await fetch(action, { method: "POST", body: sent });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector(`form[data-order][action="${action}"] ol`);
    // Somebody took it away or may no more: the page itself says how it is.
    if (!answer.ok || !fresh) throw new Error("refused");
    form.querySelector("ol").replaceWith(fresh);
    if (button) [...fresh.querySelectorAll("button")].find((each) => each.value === button)?.focus();
    const said = form.querySelector("[data-order-said]");
    said.textContent = said.dataset.orderSaid.replace("{number}", String(number));
  };

  document.querySelectorAll("form[data-order]").forEach((form) => {
    form.querySelector("[data-order-hint]").hidden = false;
    let last = Promise.resolve(); // one after the other: each sends the whole order
    form.addEventListener("sorted", (event) => {
      last = last.then(() => send(form, event.detail)).catch(() => location.reload());
    });
  });
})();
