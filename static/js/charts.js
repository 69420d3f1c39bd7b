/**
 * Draws the past with uPlot, and keeps it up to date as the page is. What it uses of the page:
 *   data-charts="<url>"         where the figures come from; data-range is hour, day or month
 *   data-chart="<name>"         where a chart goes; data-unit is jobs or seconds
 *   data-key, data-tone         on the headings of the chart's table: its lines, their names and colours
 *   time[data-clock]            an instant, to be told in the reader's zone
 */

const HEIGHT = 200;
// Steps of the axes, so that their figures are round: numbers of jobs, and seconds up to weeks.
const COUNT_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7];
const SECONDS_STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 36_000, 86_400, 172_800, 604_800];
const CLOCKS = {
  hour: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', hour: '2-digit', minute: '2-digit' },
  month: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
};
/** What the axis says; the legend says which day it is. */
const TICKS = { hour: { hour: '2-digit', minute: '2-digit' }, day: { hour: '2-digit', minute: '2-digit' }, month: { day: 'numeric', month: 'short' } };
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
const UNITS = [['days', 86_400], ['h', 3600], ['min', 60], ['s', 1]];

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
/** @type {Map<HTMLElement, Chart>} */
const charts = new Map();
let isLoading = false;
let isStale = false;

/** @param {number | null} seconds the same words as in the tables that the server makes */
function secondsText(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds === 0) return '0 s';
  const [name, unit] = UNITS.find(([, least]) => seconds >= least) ?? ['ms', 0.001];
  const amount = seconds / unit;
  return `${amount < 10 && name !== 'ms' ? amount.toFixed(1) : amount.toFixed(0)} ${name}`;
}

const countText = (count) => (count === null || count === undefined ? '–' : counts.format(count));
const textOf = (unit) => (unit === 'seconds' ? secondsText : countText);

/** @param {string} name of a CSS variable */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** @param {Intl.DateTimeFormatOptions} options */
const teller = (options) => {
  const format = new Intl.DateTimeFormat(undefined, options);
  return (instant) => format.format(new Date(instant * 1000));
};

/** @param {ParentNode} root @param {string} range */
function localiseClocks(root, range) {
  const told = teller(CLOCKS[range]);
  for (const time of root.querySelectorAll('time[data-clock]')) time.textContent = told(Date.parse(time.dateTime) / 1000);
}

// ---- One chart ----

class Chart {
  /** @param {HTMLElement} place @param {string} range */
  constructor(place, range) {
    const card = place.closest('section');
    this.place = place;
    this.unit = place.dataset.unit;
    this.told = teller(CLOCKS[range]);
    this.tick = teller(TICKS[range]);
    this.text = textOf(this.unit);
    this.title = card.querySelector('h2').firstChild.textContent.trim();
    this.details = card.querySelector('details');
    this.lines = [...card.querySelectorAll('th[data-key]')].map(({ dataset, textContent }) => ({ ...dataset, label: textContent }));
    this.plot = null;
    new ResizeObserver(() => this.plot?.setSize(this.#size())).observe(place);
    this.details.addEventListener('toggle', () => this.fillTable());
    place.addEventListener('keydown', (event) => this.#onKey(event));
    place.addEventListener('blur', () => this.plot?.setCursor({ left: -10, top: -10 }, true, true));
  }

  /** @param {Record<string, any>} data what the server answered */
  show(data) {
    this.data = data;
    const end = data.at.at(-1) + data.step_seconds;
    // A step lasts until the next point begins, so the last one needs a point to end at.
    const last = (values) => (this.unit === 'jobs' ? values.at(-1) : null);
    const drawn = [[...data.at, end], ...this.lines.map(({ key }) => [...data[key], last(data[key])])];
    if (this.plot) this.plot.setData(drawn);
    else this.#make(drawn);
    if (this.details.open) this.fillTable();
    this.#describe(this.plot.cursor.idx ?? data.at.length - 1);
  }

  #make(drawn) {
    this.place.hidden = false;
    this.place.setAttribute('role', 'slider');
    this.place.setAttribute('aria-label', `${this.title}, point by point`);
    this.place.tabIndex = 0;
    this.plot = new uPlot(this.#options(), drawn, this.place);
  }

  /** Draws anew in the colours that hold now: the legend keeps those that it was made with. */
  remake() {
    this.plot?.destroy();
    this.plot = null;
    if (this.data) this.show(this.data);
  }

  #size() {
    return { width: Math.max(200, this.place.clientWidth), height: HEIGHT };
  }

  #options() {
    const axis = { stroke: () => colour('ink-soft'), grid: { stroke: () => colour('line'), width: 1 }, ticks: { stroke: () => colour('line'), width: 1, size: 4 }, font: '12px system-ui, sans-serif' };
    const isCount = this.unit === 'jobs';
    return {
      ...this.#size(),
      cursor: { sync: { key: 'past' }, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: true, range: (_u, min, max) => [min, max] }, y: { range: (_u, _min, max) => [0, isCount ? Math.max(max * 1.1, 4) : max ? max * 1.1 : 1] } },
      axes: [
        { ...axis, size: 30, space: 72, values: (_u, splits) => splits.map((instant) => this.tick(instant)) },
        { ...axis, size: 58, space: 28, incrs: isCount ? COUNT_STEPS : SECONDS_STEPS, values: (_u, splits) => splits.map((value) => this.text(value)) },
      ],
      series: [
        { label: 'From', value: (_u, at) => (at === null ? '–' : this.told(at)) },
        ...this.lines.map((line, place) => this.#series(line, place)),
      ],
      hooks: { drawClear: [(u) => this.#shadeRunning(u)], setCursor: [(u) => this.#describe(u.cursor.idx)] },
    };
  }

  /** The second line is dashed, so that the two differ by more than their colour. */
  #series({ label, tone }, place) {
    const isFirst = place === 0;
    return {
      label,
      stroke: () => colour(`${tone}-ink`),
      width: isFirst ? 2 : 1.5,
      dash: isFirst ? undefined : [5, 3],
      fill: isFirst && this.unit === 'jobs' ? () => colour(`${tone}-ground`) : undefined,
      paths: this.unit === 'jobs' ? uPlot.paths.stepped({ align: 1 }) : undefined,
      points: { show: this.unit === 'seconds', size: 4, fill: () => colour(`${tone}-ink`) },
      spanGaps: false,
      value: (_u, value) => this.text(value),
    };
  }

  #shadeRunning(u) {
    if (this.data.running_since === null) return;
    const left = u.valToPos(this.data.running_since, 'x', true);
    u.ctx.save();
    u.ctx.fillStyle = colour('sunken');
    u.ctx.fillRect(left, u.bbox.top, u.bbox.left + u.bbox.width - left, u.bbox.height);
    u.ctx.restore();
  }

  // ---- For the keyboard and for screen readers ----

  #onKey(event) {
    const step = KEYS[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const last = this.data.at.length - 1;
    const place = Math.min(last, Math.max(0, (this.plot.cursor.idx ?? last + 1) + step));
    this.plot.setCursor({ left: this.plot.valToPos(this.data.at[place], 'x'), top: HEIGHT / 4 }, true, true);
  }

  /** @param {number | null | undefined} place */
  #describe(place) {
    if (place === null || place === undefined || !this.data) return;
    const point = Math.min(place, this.data.at.length - 1);
    const figures = this.lines.map(({ key, label }) => `${label} ${this.text(this.data[key][point])}`);
    const set = (name, value) => this.place.setAttribute(`aria-${name}`, String(value));
    set('valuemin', 0);
    set('valuemax', this.data.at.length - 1);
    set('valuenow', point);
    set('valuetext', `${this.told(this.data.at[point])}: ${figures.join(', ')}`);
  }

  /** Newest first, as the server has it. */
  fillTable() {
    if (!this.details.open || !this.data) return;
    const rows = this.data.at.map((at, place) => this.#row(at, this.lines.map(({ key }) => this.data[key][place])));
    this.details.querySelector('tbody').replaceChildren(...rows.reverse());
  }

  #row(at, values) {
    const row = document.createElement('tr');
    const head = row.appendChild(document.createElement('th'));
    head.scope = 'row';
    head.textContent = this.told(at);
    if (at === this.data.running_since) head.append(' ', Object.assign(document.createElement('span'), { className: 'so-far', textContent: 'so far' }));
    for (const value of values) row.appendChild(document.createElement('td')).textContent = this.text(value);
    return row;
  }
}

// ---- All of them ----

/** Reads the figures again, once at a time: what comes meanwhile is read after. */
async function load() {
  const section = document.querySelector('[data-charts]');
  if (!section) return;
  isStale = isLoading;
  if (isLoading) return;
  isLoading = true;
  try {
    const answer = await fetch(section.dataset.charts, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(15_000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    show(section, await answer.json());
  } catch (error) {
    console.warn('The charts were not brought up to date:', error);
  } finally {
    isLoading = false;
  }
  if (isStale) await load();
}

/** @param {HTMLElement} section @param {Record<string, any>} data */
function show(section, data) {
  for (const place of section.querySelectorAll('[data-chart]')) {
    if (!charts.has(place)) charts.set(place, new Chart(place, section.dataset.range));
    charts.get(place).show(data);
  }
  for (const place of charts.keys()) place.isConnected || charts.delete(place);
}

const remakeAll = () => charts.forEach((chart) => chart.remake());

const section = document.querySelector('[data-charts]');
if (section) localiseClocks(document, section.dataset.range);
if (window.uPlot) {
  document.addEventListener('console:refreshed', load);
  new MutationObserver(remakeAll).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] });
  load();
}
