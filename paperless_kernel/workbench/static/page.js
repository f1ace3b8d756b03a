// The home page's part in the browser: shows what Python wrote, tells it the language
// and asks for fresh numbers. It decides nothing.
function render({ model, el }) {
  el.classList.add("pk-page");
  document.body.classList.add("pk");

  const draw = () => {
    const open = [...el.querySelectorAll("details")].map((part) => part.open);
    const held = document.activeElement?.dataset ?? {};
    const same = el.contains(document.activeElement) ? { ...held } : {};
    el.innerHTML = model.get("html");
    el.lang = model.get("lang");
    document.documentElement.lang = model.get("lang");
    document.title = model.get("title");
    el.querySelectorAll("details").forEach((part, i) => { part.open = open[i] ?? false; });
    const again = same.lang ? `[data-lang="${same.lang}"]`
      : same.act ? `[data-act="${same.act}"]` : "";
    if (again) el.querySelector(again)?.focus();
  };

  const click = (event) => {
    const lang = event.target.closest("[data-lang]");
    if (lang) {
      event.preventDefault();
      const here = new URL(window.location.href);
      here.searchParams.set("lang", lang.dataset.lang);
      window.history.replaceState(null, "", here);
      model.send({ act: "language", lang: lang.dataset.lang });
      return;
    }
    const act = event.target.closest("[data-act]");
    if (act?.dataset.act === "refresh") model.send({ act: "refresh" });
    if (act?.dataset.act === "copy") copy(el, act);
  };

  el.addEventListener("click", click);
  model.on("change:html", draw);
  draw();
  return () => {
    el.removeEventListener("click", click);
    model.off("change:html", draw);
  };
}

function copy(el, button) {
  const text = el.querySelector("#pk-fingerprint").textContent;
  const say = () => { button.textContent = button.dataset.copied; };
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(say, () => select(el));
  else select(el);
}

// Without https a browser gives no clipboard: mark the text for the user's own copy.
function select(el) {
  const range = document.createRange();
  range.selectNodeContents(el.querySelector("#pk-fingerprint"));
  const marked = window.getSelection();
  marked.removeAllRanges();
  marked.addRange(range);
}

export default { render };
