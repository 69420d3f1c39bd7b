// The types and the documentation of progress-polling.js: what pages use comes first, its own parts follow.
// `npm run types` checks the script against them. A guide is in docs/progress-polling.md.

// ---- What the server answers ----

interface ProgressChild {
  job_id: string;
  title: string;
  status: string;
  progress: number;
  /** Its place in the list, from 0. */
  position: number;
}

interface ProgressStep {
  name: string;
  label: string;
  status: string;
  seconds?: number | null;
}

/** What GET /api/progress/<job_id> answers; `progress` runs from 0 to 1. Only `status` is a must, and null is absent. */
interface ProgressDocument {
  job_id: string;
  status: string;
  progress: number;
  /** What the job is about, for people. */
  title?: string;
  current_step?: string | null;
  step_label?: string | null;
  message?: string | null;
  error?: string | null;
  eta_seconds?: number | null;
  eta_low_seconds?: number | null;
  eta_high_seconds?: number | null;
  elapsed_seconds?: number | null;
  queue_position?: number | null;
  queue_wait_seconds?: [number, number] | null;
  attempt?: number;
  max_attempts?: number;
  version?: number;
  cancel_requested?: boolean;
  started_at?: string;
  updated_at?: string;
  due_at?: string;
  steps?: ProgressStep[];
  children?: ProgressChild[];
  children_counts?: Record<string, number>;
  poll_after_ms?: number | null;
  /** Added by the client, by the server's clock: how old `updated_at` is. */
  quiet_seconds?: number;
  /** Added by the client, by the server's clock: how far off `due_at` is. */
  due_in_seconds?: number;
}

// ---- What pages use ----

/** `status` is 0 when no answer came; `final`: polling stopped because of it; `since`: of the first trouble, in ms. */
interface ProgressApiError extends Error {
  status: number;
  code: string;
  details?: unknown;
  retryAfterMs: number | null;
  final: boolean;
  since?: number;
}

interface ProgressCallbacks {
  /** For each newer document, also the last; again after trouble. */
  onProgress?: (progress: ProgressDocument) => void;
  /** For each good answer, also without news. */
  onTick?: (progress: ProgressDocument) => void;
  /** Once, for every way to end, also for a job that was over before; see `progress.status`. */
  onComplete?: (progress: ProgressDocument) => void;
  onError?: (error: ProgressApiError, retryCount: number) => void;
  /** Once for each standstill of 40 s on the server's clock. */
  onStall?: (progress: ProgressDocument, quietSeconds: number) => void;
  /** Answers come again. */
  onReconnect?: (downMs: number) => void;
  /** Ask slowly. */
  background?: boolean;
  /** The client's own: another tab wants it. */
  isRemote?: boolean;
}

interface ProgressPageState {
  isHidden: () => boolean;
  /** Calls `wake` when the page becomes visible or comes online, `hide` when it gets hidden; returns what ends that. */
  subscribe: (wake: () => void, hide?: () => void) => () => void;
}

/** Web Locks, and what opens a BroadcastChannel, as far as they are used. */
interface ProgressShare {
  locks: { request: (name: string, options: LockOptions, use: () => any) => Promise<any> };
  open: () => { onmessage: ((event: MessageEvent) => void) | null; postMessage: (message: any) => void; close: () => void };
}

/** Intervals and the request's time limit are in milliseconds; what follows `debug` is what tests replace. */
interface ProgressPollerOptions {
  /** The quick pace. */
  initialInterval: number;
  /** No pause of our own is longer, unless the page is hidden. */
  maxInterval: number;
  /** Errors in a row until it gives up. */
  maxErrorRetries: number;
  errorBackoffMultiplier: number;
  requestTimeout: number;
  background: boolean;
  debug: boolean;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  setTimeout: (run: () => void, delayMs: number) => any;
  clearTimeout: (timer: any) => void;
  /** Milliseconds that never run backward. */
  now: () => number;
  /** Milliseconds of the calendar, as Date.now. */
  date: () => number;
  /** 0 to 1. */
  random: () => number;
  /** One poller for all tabs; null: this one asks for itself. */
  share: ProgressShare | null | undefined;
  page: ProgressPageState;
}

/**
 * Polls any number of jobs, all that are due in one request. Events, each with `jobId` in the `detail` of a CustomEvent:
 * `progress` and `tick` {progress}, `complete` {progress}, `error` {error, retryCount}, `stall` {progress, quietSeconds},
 * `reconnect` {downMs}.
 */
declare class ProgressPoller extends EventTarget {
  /** The pure parts, for tests. */
  static rules: ProgressRules;
  static words: ProgressWords;
  options: ProgressPollerOptions;
  constructor(options?: Partial<ProgressPollerOptions>);
  /** Starts to poll a job, or joins the poll under way. Returns a function that ends this subscription alone. */
  startPolling(jobId: string, callbacks?: ProgressCallbacks): () => void;
  stopPolling(jobId: string): void;
  stopAllPolling(): void;
  /** What is being polled, by job id; `interval` is in ms. A job that was given up is not in it. */
  getActivePolls(): Record<string, ProgressActivePoll>;
  /** Asks again at once, as far as the server allows, also for what was given up. */
  wake(): void;
}

interface ProgressActivePoll {
  interval: number;
  pollCount: number;
  errorCount: number;
  lastProgress: ProgressDocument | null;
}

/** Promises resolve with the document of the job's end, whatever its status; they reject when polling gives up. */
interface ProgressApi {
  ProgressPoller: any;
  globalPoller: any;
  /**
   * The one table of texts; translate with Object.assign before bars are attached. A key that it lacks is its own text
   * (`cancel`: "Cancel", `try_again`: "Try again", `jobs_per_minute`: "Jobs per minute"), and may be added.
   */
  progressTexts: Record<string, string>;
  /** Polls with the shared poller, or with one of its own when the options differ. Returns a stop function. */
  pollJobProgress: (jobId: string, settings?: ProgressCallbacks & Partial<ProgressPollerOptions>) => () => void;
  /** Shows a job that runs already; `steps` is a list element that gets a line for each step. */
  attachSongProgress: (
    jobId: string,
    bar: HTMLElement,
    text?: HTMLElement | null,
    options?: { steps?: HTMLElement | null },
  ) => Promise<ProgressDocument>;
  /** Starts the analysis of a song and drives the bar and the text; rejects, and shows why, when refused. */
  analyzeSongWithProgress: (
    songId: string | number,
    progressBarElement: HTMLElement,
    statusTextElement?: HTMLElement | null,
  ) => Promise<ProgressDocument>;
  /** Shows a playlist's job that runs already. */
  attachPlaylistProgress: (jobId: string, container: HTMLElement) => Promise<ProgressDocument>;
  /** Starts the analysis of a playlist: an overall bar, and a row for each song, of which only those in view are made. */
  analyzePlaylistWithProgress: (playlistId: string | number, containerElement: HTMLElement) => Promise<ProgressDocument>;
  /** Live queues and workers, every 3 s while the page is visible. Stop it when the container leaves the page. */
  createQueueStatusDashboard: (containerElement: HTMLElement) => { stop: () => void };
  /**
   * Starts the analysis of all that a user has, asks slowly, and tells the person at the end, also after a reload or on
   * another page with this script. Call it in a click: browsers ask about notifications only then.
   */
  startBackgroundAnalysisWithNotification: (userId: string | number) => Promise<ProgressDocument>;
  /** Attaches each element with data-job-id and data-progress="song", "job" or "playlist", once. */
  attachProgressElements: (root?: any) => void;
}

interface Window extends Omit<ProgressApi, 'ProgressPoller' | 'globalPoller'> {
  ProgressPoller: typeof ProgressPoller;
  globalPoller: ProgressPoller;
}

// ---- Its own parts: rules, words, requests ----

type ProgressTexts = Record<string, string> & { queueColumns: string; workerColumns: string };

/** A text of the table with its {values} filled in. */
type ProgressSay = (key: string, values?: Record<string, any>) => string;

interface ProgressDelayFacts {
  progress: number;
  ageMs: number;
  background: boolean;
  errorCount: number;
  hidden: boolean;
  /** 0 to 1. */
  random: number;
  serverDelayMs: number | null;
  initialInterval: number;
  maxInterval: number;
  errorBackoffMultiplier: number;
}

interface ProgressRules {
  clamp: (value: unknown, low: number, high: number) => number;
  isEnded: (job: { status: string }) => boolean;
  isStalled: (job: ProgressDocument) => boolean;
  percent: (job: { status: string; progress: number }) => number;
  serverPauseMs: (ms: number) => number;
  /** Jitter shortens our own pauses, so that maxInterval holds, and lengthens the server's. */
  nextDelayMs: (facts: ProgressDelayFacts) => number;
  rhythmMs: (facts: ProgressDelayFacts) => number;
  /** What to believe, null when `raw` is old. An end counts at any version: the database may lag behind. */
  mergeProgress: (known: ProgressDocument | null, raw: ProgressDocument) => ProgressDocument | null;
  /** Adds ages by the server's clock: our own may be wrong. Unchanged without its date (0). */
  atServerTime: (job: ProgressDocument, dateMs: number) => ProgressDocument;
}

interface ProgressWords {
  duration: (seconds: number) => string;
  /** "2 to 3 min", "2 minutes": no finer than an estimate can be. */
  span: (lowSeconds: number, highSeconds: number) => string;
  /** How long it will take, else how long it has taken. */
  remaining: (what: string, job: ProgressDocument) => string;
  waiting: (job: ProgressDocument) => string;
  /** Without numbers that tick, unless `waiting` has some: what is announced. */
  step: (job: ProgressDocument, waiting?: string) => string;
  progress: (job: ProgressDocument) => string;
  reconnecting: (since: any, reason: string) => string;
}

interface ProgressAnswer {
  status: number;
  body: any;
  etag: string | null;
  /** The server's clock; 0: not known. */
  dateMs: number;
  retryAfterMs: number | null;
}

interface ProgressNet {
  error: (facts: any) => ProgressApiError;
  read: (response: Response) => Promise<ProgressAnswer>;
  send: (options: ProgressPollerOptions, url: string, init?: RequestInit, controller?: AbortController) => Promise<ProgressAnswer>;
  /** With the token of the page's `<meta name="csrf-token">`, if it has one, as `X-CSRF-Token`. */
  post: (...path: (string | number)[]) => Promise<any>;
}

// ---- Its own parts: tabs and polls ----

/** What one request brought, as it is told to the other tabs. `random`: one for all, so that bars stay in step. */
interface ProgressOutcome {
  ids: string[];
  /** As of a batch, also for one job. */
  body: any;
  error?: any;
  status?: number;
  dateMs: number;
  retryAfterMs: number | null;
  random: number;
}

interface ProgressMessage {
  /** The sender. */
  tab: string;
  outcome?: ProgressOutcome;
  /** Of a follower, whether in the background, by job. */
  wants?: Record<string, boolean>;
  /** A new leader asks for everybody's wants. */
  isNew?: boolean;
  /** The sender got hidden: a visible tab should lead. */
  isHidden?: boolean;
}

/** One poller for all tabs: whoever holds the lock leads, asks for all, and tells all. */
interface ProgressTabs {
  isLeader: boolean;
  channel: ReturnType<ProgressShare['open']> | null;
  /** What ends the wants of other tabs, by tab, by job. */
  served: Map<string, Map<string, () => void>>;
  /** Holds a lock until the signal ends it, or another tab steals it. */
  hold: (name: string, signal: AbortSignal, use: () => void, steal?: boolean) => Promise<any>;
  /** Takes the lead, or waits for it. */
  lead: (steal: boolean) => Promise<void>;
  turn: (isLeader: boolean) => void;
  close: () => void;
  say: (message: Partial<ProgressMessage>) => void;
  hear: (message: ProgressMessage) => void;
  serve: (tab: string, wants: Record<string, boolean>) => void;
  /** A tab's own lock falls to us when it closes or dies. */
  watch: (tab: string) => Map<string, () => void>;
}

type JoinTabs = (poller: ProgressPolling, share: ProgressShare) => ProgressTabs;

interface ProgressPoll extends ProgressActivePoll {
  jobId: string;
  bornAt: number;
  /** Infinity: given up. */
  dueAt: number;
  /** The server asked for quiet until then. */
  notBefore: number;
  /** Calendar ms of the first trouble; 0: none. */
  downSince: number;
  isStalled: boolean;
  request: { polls: Set<ProgressPoll>; controller: AbortController } | null;
  subscribers: Set<any>;
}

interface ProgressPolling {
  options: ProgressPollerOptions;
  polls: Map<string, ProgressPoll>;
  /** For ETags, by address. */
  answers: Map<string, { etag: string; body: any }>;
  tabs: ProgressTabs | null | undefined;
  timer: any;
  leavePage: (() => void) | null;
  arranging: Promise<void> | null;
  startPolling: (jobId: string, callbacks?: ProgressCallbacks) => () => void;
  stopPolling: (jobId: string) => void;
  stopAllPolling: () => void;
  getActivePolls: () => Record<string, ProgressActivePoll>;
  wake: () => void;
  /** Takes an answer as if this tab had asked. */
  take: (outcome: ProgressOutcome) => void;
  /** Arranges soon, once for many changes. */
  arrange: () => void;
  /** One timer, the page's listeners and the other tabs, as long as somebody needs them. */
  arrangeNow: () => void;
  rest: () => void;
  /** A follower asks by itself when its leader is silent for so long. */
  graceMs: () => number;
  idle: () => ProgressPoll[];
  local: (poll: ProgressPoll) => ProgressCallbacks[];
  localPolls: () => ProgressPoll[];
  isBackground: (poll: ProgressPoll) => boolean;
  make: (jobId: string) => ProgressPoll;
  resume: (poll: ProgressPoll) => void;
  part: (poll: ProgressPoll, subscribers: ProgressCallbacks[]) => void;
  drop: (poll: ProgressPoll) => void;
  askDue: () => void;
  /** At most 100 at once: gunicorn's request line ends at 4094 bytes. */
  ask: (due: ProgressPoll[]) => Promise<void>;
  fetch: (ids: string[], controller: AbortController) => Promise<Omit<ProgressOutcome, 'ids' | 'random'>>;
  digest: (poll: ProgressPoll, outcome: ProgressOutcome) => void;
  advance: (poll: ProgressPoll, raw: ProgressDocument, outcome: ProgressOutcome) => void;
  /** 429 and 503 with Retry-After are a pace, no failure. */
  stumble: (poll: ProgressPoll, error: ProgressApiError, outcome: ProgressOutcome) => void;
  plan: (poll: ProgressPoll, serverDelayMs: number | null, random: number) => void;
  tell: (poll: ProgressPoll, type: string, detail: object) => void;
  call: (poll: ProgressPoll, listener: any, type: string, detail: object) => void;
}

type MakePolling = (target: EventTarget, options: ProgressPollerOptions) => ProgressPolling;

// ---- Its own parts: the page ----

interface ProgressDom {
  make: (tag: string, className: string, ...content: (Node | string)[]) => HTMLElement;
  set: <T extends Element>(element: T, attributes: Record<string, unknown>) => T;
  button: (className: string, run: () => void) => HTMLElement;
  /** A selection survives where nothing changed. */
  write: (element: Element | null, text: any) => void;
  /** The children of `parent`, of which there are then `count`. */
  rows: (parent: Element, count: number, make: () => Element) => any[];
  /** A live region; it must be there before its first news to be heard. */
  region: (id: string, className: string) => HTMLElement;
  news: () => HTMLElement;
  toasts: () => HTMLElement;
  /** For news that matters, never for a tick. */
  announce: (text: string) => void;
  bar: (bar?: HTMLElement) => HTMLElement;
  paintBar: (bar: HTMLElement, job: { status: string; progress: number }, text: string) => void;
  paintSteps: (list: Element, steps?: ProgressStep[]) => void;
}

/** In front of the document's own title; a hidden page keeps the end until it is seen. */
/** `bar` says whose page it is: one inside `data-progress-title="off"` leaves the title alone. */
type ShowTitle = (what: string, bar: Element) => void;

type ProgressFollow = (
  jobId: string,
  callbacks: Omit<ProgressCallbacks, 'onError'> & { onError?: (error: ProgressApiError) => void },
) => Promise<ProgressDocument>;

interface ProgressView {
  follow: (id: string) => Promise<ProgressDocument>;
  start: (...path: (string | number)[]) => Promise<ProgressDocument>;
  show: (progress: ProgressDocument) => void;
  trouble: (error: ProgressApiError) => void;
  paint: (job: { status: string; progress: number }, what: string) => void;
  tell: (what: string, key?: string) => void;
  /** What the button does: one button that changes keeps the focus. '' hides it. */
  offer: (key: string, about?: string) => void;
  act: () => void;
}

type MakeView = (
  bar: HTMLElement,
  text: HTMLElement | null,
  steps?: Element | null,
  onShow?: (job: ProgressDocument) => void,
) => ProgressView;

/** The rows that can be seen, made from at most 1000 children that are kept. */
interface ProgressList {
  elements: HTMLElement[];
  /** By position, with the counts and the time that they were read at. */
  rows: Map<number, ProgressChild & { counts: string; at: number }>;
  show: (job: ProgressDocument) => void;
  note: (child: ProgressChild) => void;
  render: () => void;
  makeRow: () => HTMLElement;
  paint: (row: any, position: number) => void;
  isStale: (position: number) => boolean;
  read: (position: number) => Promise<void>;
}

type MakeList = () => ProgressList;
type MakePlaylist = (container: HTMLElement) => ProgressView;
/** A table whose cells change in place, so that focus and selection stay. */
type MakeTable = (caption: string, columns: string) => { element: HTMLElement; update: (items: any[]) => void };

type MakeDashboard = (container: HTMLElement) => ProgressBoard;

interface ProgressBoard {
  show: (answers: any[]) => number;
  excuse: (error: ProgressApiError) => number;
  refresh: () => Promise<void>;
  stop: () => void;
}

interface ProgressBackground {
  /** Where the browser refuses storage. */
  memory: string[];
  /** Reads, after writing `jobIds`. */
  jobs: (jobIds?: string[]) => string[];
  /** False if another tab was first. */
  forget: (jobId: string) => boolean;
  toast: (text: string) => void;
  /** By a notice, and by a desktop notification where that is allowed; Chrome on Android throws. */
  tellEnd: (event: any) => void;
  tellTrouble: (event: any) => void;
}
