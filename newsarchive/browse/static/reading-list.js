// A reader's own list, kept in this browser: which articles, in which order, with which notes. Pages work without it.
// Nothing is sent anywhere but the numbers of the articles, in the address of the list, and the notes with a file of it.
"use strict";

const { list: address, most, full, lost, ask } = document.currentScript.dataset;
// Archives that are served beside each other have lists of their own.
const place = `newsarchive ${new URL(address, location).pathname}`;

function load() {
  try {
    const found = JSON.parse(localStorage.getItem(place) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => Number.isSafeInteger(one?.id)) : [];
  } catch {
    return [];
  }
}

function save(kept) {
  try {
    localStorage.setItem(place, JSON.stringify(kept));
  } catch {
    alert(lost);
  }
  show();
}

const idsOf = (kept) => kept.map((one) => one.id);
const addressOf = (ids) => (ids.length ? `${address}?ids=${ids.join(",")}` : address);

function entryOf(element) {
  const { keep, item, key } = element.dataset;
  return { id: Number(keep ?? item), key, title: element.querySelector("bdi").textContent, note: "" };
}

function add(entry) {
  const kept = load();
  if (kept.some((one) => one.id === entry.id)) return;
  if (kept.length >= Number(most)) alert(full);
  else save([...kept, entry]);
}

function mayGo(id) {
  return !load().find((one) => one.id === id)?.note || confirm(ask);
}

// What shows how things stand: the number in the menu, the marks beside articles, on the list's page whose list it is.
function show() {
  const kept = load();
  const ids = new Set(idsOf(kept));
  for (const link of document.querySelectorAll("[data-my-list]")) {
    link.href = addressOf(idsOf(kept));
    link.dataset.count = kept.length ? ` ${kept.length}` : "";
  }
  for (const button of document.querySelectorAll("button.keep")) {
    button.setAttribute("aria-pressed", ids.has(Number(button.dataset.keep)));
  }
  const form = document.querySelector("form.kept");
  if (form) {
    const isMine = idsOf(kept).join() === form.elements.ids.value;
    document.querySelector(".of-others").hidden = isMine;
    form.querySelector(".mine").hidden = !isMine;
  }
}

function button(link) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = link.className;
  Object.assign(made.dataset, link.dataset);
  made.append(...link.childNodes);
  made.addEventListener("click", () => {
    const entry = entryOf(made);
    if (made.getAttribute("aria-pressed") !== "true") add(entry);
    else if (mayGo(entry.id)) save(load().filter((one) => one.id !== entry.id));
  });
  link.replaceWith(made);
}

// The page of a list: it shows the notes of this browser, and its buttons change the list here where it is this browser's.
function onList(form) {
  const items = () => [...form.querySelectorAll("[data-item]")];
  const shown = () => items().map((item) => Number(item.dataset.item));
  const kept = new Map(load().map((one) => [one.id, one]));
  for (const item of items()) {
    const note = item.querySelector("textarea");
    const mine = kept.get(Number(item.dataset.item));
    if (mine && mine.key !== item.dataset.key) {
      const other = item.querySelector(".other");
      other.querySelector("q").textContent = mine.title;
      other.hidden = false;
    }
    if (mine && !note.value) note.value = mine.note;
    fit(note);
    note.addEventListener("input", () => {
      fit(note);
      const entry = entryOf(item);
      add(entry);
      save(load().map((one) => (one.id === entry.id ? { ...one, note: note.value } : one)));
    });
  }
  form.addEventListener("submit", (event) => {
    const { name, value } = event.submitter ?? {};
    if (!["up", "down", "remove"].includes(name)) return;
    event.preventDefault();
    const isMine = shown().join() === idsOf(load()).join();
    if (name === "remove" && isMine && !mayGo(Number(value))) return;
    const item = form.querySelector(`[data-item="${Number(value)}"]`);
    if (name === "up") item.previousElementSibling?.before(item);
    if (name === "down") item.nextElementSibling?.after(item);
    if (name === "remove") {
      const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector('[name="remove"]');
      item.remove();
      next?.focus();
    } else event.submitter.focus();
    const ids = shown();
    form.elements.ids.value = ids.join();
    history.replaceState(null, "", addressOf(ids));
    document.querySelector("a.this").href = addressOf(ids);
    if (isMine) {
      const byId = new Map(load().map((one) => [one.id, one]));
      save(ids.map((id) => byId.get(id)));
    }
    if (!ids.length) location.reload();
  });
  document.querySelector(".add-all").addEventListener("click", () => items().forEach((item) => add(entryOf(item))));
  form.querySelector(".clear").addEventListener("click", (event) => {
    if (!confirm(event.target.dataset.ask)) return;
    save([]);
    location.assign(address);
  });
}

function fit(note) {
  note.rows = Math.max(2, Math.min(30, note.value.split("\n").length));
}

document.querySelectorAll("a.keep").forEach(button);
const form = document.querySelector("form.kept");
if (form) onList(form);
else if (document.querySelector("#empty") && !location.search && load().length) location.replace(addressOf(idsOf(load())));
show();
addEventListener("storage", show);
