/** Files that are dragged over a page and dropped on a part of it, which has the class `is-over` meanwhile. */

/** @param {HTMLElement} zone @param {(files: DataTransfer) => void} onDrop */
export function dropZone(zone, onDrop) {
  let depth = 0; // each element inside is entered and left on its own
  const count = (change) => {
    depth += change;
    zone.classList.toggle('is-over', depth > 0);
  };
  zone.addEventListener('dragenter', (event) => {
    event.preventDefault();
    count(1);
  });
  zone.addEventListener('dragleave', () => count(-1));
  zone.addEventListener('dragover', (event) => event.preventDefault());
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    count(-depth);
    onDrop(event.dataTransfer);
  });
}
