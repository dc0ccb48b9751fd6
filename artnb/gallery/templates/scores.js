// The score curves follow the chosen epoch.

function renderScores() {
  for (const drawing of findAll(".panel > svg")) markEpoch(drawing);
  for (const reading of findAll(".readings > li")) {
    const texts = JSON.parse(reading.dataset.readings);
    find("output", reading).textContent = texts[state.epoch] ?? texts[""] ?? "not measured";
  }
}

function markEpoch(drawing) {
  if (state.epoch === null) return;
  const [first, last, left, right] = ["first", "last", "left", "right"].map((name) =>
    Number(drawing.dataset[name]),
  );
  const share = first === last ? 0.5 : (state.epoch - first) / (last - first);
  const mark = find(".now", drawing);
  const x = left + share * (right - left);
  mark.setAttribute("d", `M${x.toFixed(1)} ${mark.dataset.top}V${mark.dataset.bottom}`);
}
