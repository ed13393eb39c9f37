/* The rows of a plan can be dragged; whoever drops one gets the plan judged anew, as by its button. */
(() => {
  "use strict";

  const list = document.querySelector("[data-turns]");
  const preview = document.querySelector("[data-preview]");
  if (!list || !preview) return;
  let dragged = null;

  const rows = () => [...list.children];
  const choice = (row) => row.querySelector("select");

  rows().forEach((row) => {
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragover", (event) => {
      event.preventDefault();
      row.classList.add("is-over");
    });
    row.addEventListener("dragleave", () => row.classList.remove("is-over"));
    row.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!dragged || dragged === row) return;
      // The days stay where they are; who takes them moves.
      const values = rows().map((each) => choice(each).value);
      const [moved] = values.splice(rows().indexOf(dragged), 1);
      values.splice(rows().indexOf(row), 0, moved);
      rows().forEach((each, number) => {
        choice(each).value = values[number];
      });
      preview.click();
    });
    choice(row).addEventListener("change", () => preview.click());
  });
})();
