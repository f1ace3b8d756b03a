// The courier's page: a signature drawn by finger, photos made small before they are
// sent, and a hand scanner's Enter that goes on to the next field. Without this script
// the page does the same with a typed name and the photos as they are.
"use strict";

const LONG_SIDE = 1600;

function drawing(place) {
  const canvas = place.querySelector("canvas");
  const kept = document.getElementById(place.dataset.sign);
  const pen = canvas.getContext("2d");
  let at = null;

  function clear() {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    pen.scale(ratio, ratio);
    pen.lineWidth = 2.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1b1f24";
    kept.value = "";
  }

  function point(event) {
    const area = canvas.getBoundingClientRect();
    return [event.clientX - area.left - canvas.clientLeft, event.clientY - area.top - canvas.clientTop];
  }

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    at = point(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (at === null) return;
    const next = point(event);
    pen.beginPath();
    pen.moveTo(...at);
    pen.lineTo(...next);
    pen.stroke();
    at = next;
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (at === null) return;
      at = null;
      kept.value = canvas.toDataURL("image/png");
    });
  }
  place.querySelector("button").addEventListener("click", clear);
  place.hidden = false;
  clear();
}

// Makes a photo small here; if this browser cannot, it goes as it is.
async function small(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * share);
  canvas.height = Math.round(picture.height * share);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const data = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return new File([data], "seal.jpg", { type: "image/jpeg" });
}

function photo(input) {
  const preview = document.querySelector(`[data-preview="${input.id}"]`);
  let made = null;
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file || file === made) return;
    try {
      made = await small(file);
      const held = new DataTransfer();
      held.items.add(made);
      input.files = held.files;
    } catch {
      made = file;
    }
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(made);
    preview.hidden = false;
  });
}

const form = document.querySelector("form");
document.querySelectorAll("[data-sign]").forEach(drawing);
document.querySelectorAll('input[type="file"]').forEach(photo);
form.addEventListener("keydown", (event) => {
  // A hand scanner ends with Enter: on to the next field, never off with the form.
  if (event.key !== "Enter" || !event.target.matches("input:not([type=checkbox], [type=file])")) return;
  event.preventDefault();
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, button")];
  const next = fields[fields.indexOf(event.target) + 1];
  if (next) next.focus();
});
form.addEventListener("submit", () => {
  document.getElementById("send").disabled = true;
  document.getElementById("sending").textContent = form.dataset.sending;
});
