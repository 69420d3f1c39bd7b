// The types of progress-polling.js: for its own check (`npm run types`) and for pages that are written in TypeScript.

interface ProgressChild {
  job_id: string;
  title: string;
  status: string;
  progress: number;
}

/** What GET /api/progress/<job_id> answers; `progress` runs from 0 to 1. */
interface ProgressDocument {
  /** What the job is about, for people. */
  title?: string;
  job_id: string;
  status: string;
  progress: number;
  current_step?: string | null;
  step_label?: string | null;
  message?: string | null;
  eta_seconds?: number | null;
  elapsed_seconds?: number | null;
  attempt?: number;
  max_attempts?: number;
  version?: number;
  error?: string | null;
  children?: ProgressChild[];
  children_counts?: Record<string, number>;
  poll_after_ms?: number | null;
}

/** `status` is 0 when no answer came; `final`: polling stopped because of it. */
interface ProgressApiError extends Error {
  status: number;
  code: string;
  details?: unknown;
  retryAfterMs: number | null;
  final: boolean;
}

interface ProgressCallbacks {
  onProgress?: (progress: ProgressDocument) => void;
  /** Once, for every way to end, also for a job that was over before; see `progress.status`. */
  onComplete?: (progress: ProgressDocument) => void;
  onError?: (error: ProgressApiError, retryCount: number) => void;
  /** Ask slowly. */
  background?: boolean;
}

interface ProgressPageState {
  isHidden: () => boolean;
  /** Calls `wake` whenever the page becomes visible or comes online; returns the function that ends it. */
  subscribe: (wake: () => void) => () => void;
}

/** Intervals and the request's time limit are in milliseconds; the last six are what tests replace. */
interface ProgressPollerOptions {
  initialInterval: number;
  maxInterval: number;
  maxErrorRetries: number;
  errorBackoffMultiplier: number;
  requestTimeout: number;
  background: boolean;
  debug: boolean;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  setTimeout: (run: () => void, delayMs: number) => unknown;
  clearTimeout: (timer: any) => void;
  /** Milliseconds that never run backward. */
  now: () => number;
  /** 0 to 1. */
  random: () => number;
  page: ProgressPageState;
}

interface ProgressDelayFacts {
  progress: number;
  ageMs: number;
  background: boolean;
  errors: number;
  hidden: boolean;
  /** 0 to 1. */
  random: number;
  serverDelayMs: number | null;
  initialInterval: number;
  maxInterval: number;
  errorBackoffMultiplier: number;
}

interface ProgressAnswer {
  status: number;
  body: any;
  etag: string | null;
  retryAfterMs: number | null;
}

interface ProgressView {
  show: (progress: ProgressDocument) => void;
  trouble: (error: ProgressApiError) => void;
}

/**
 * Polls any number of jobs, all that are due in one request. Events: `progress` {jobId, progress}, `complete` {jobId,
 * progress}, `error` {jobId, error, retryCount}, each in the `detail` of a CustomEvent.
 */
declare class ProgressPoller extends EventTarget {
  options: ProgressPollerOptions;
  constructor(options?: Partial<ProgressPollerOptions>);
  /** Starts to poll a job, or joins the poll under way. Returns a function that ends this subscription alone. */
  startPolling(jobId: string, callbacks?: ProgressCallbacks): () => void;
  stopPolling(jobId: string): void;
  stopAllPolling(): void;
  /** What is being polled, by job id; `interval` is in ms. A job that was given up is not in it. */
  getActivePolls(): Record<
    string,
    { interval: number; pollCount: number; errorCount: number; lastProgress: ProgressDocument | null }
  >;
}

/** Promises resolve with the document of the job's end, whatever its status; they reject when polling gives up. */
interface Window {
  ProgressPoller: typeof ProgressPoller;
  globalPoller: ProgressPoller;
  /** The one table of texts; translate with Object.assign. */
  progressTexts: object;
  /** Polls with the shared poller, or with one of its own when the options differ. Returns a stop function. */
  pollJobProgress: (jobId: string, settings?: ProgressCallbacks & Partial<ProgressPollerOptions>) => () => void;
  /** Shows a job that runs already. */
  attachSongProgress: (jobId: string, bar: HTMLElement, text?: HTMLElement | null) => Promise<ProgressDocument>;
  /** Starts the analysis of a song and drives the bar and the text; rejects, and shows why, when refused. */
  analyzeSongWithProgress: (
    songId: string | number,
    progressBarElement: HTMLElement,
    statusTextElement?: HTMLElement | null,
  ) => Promise<ProgressDocument>;
  /** Shows a playlist's job that runs already. */
  attachPlaylistProgress: (jobId: string, container: HTMLElement) => Promise<ProgressDocument>;
  /** Starts the analysis of a playlist: an overall bar and a line for each of the first 200 songs. */
  analyzePlaylistWithProgress: (playlistId: string | number, containerElement: HTMLElement) => Promise<ProgressDocument>;
  /** Live queues and workers, every 3 s while the page is visible. Stop it when the container leaves the page. */
  createQueueStatusDashboard: (containerElement: HTMLElement) => { stop: () => void };
  /**
   * Starts the analysis of all that a user has, asks slowly, and tells the person at the end, also after a reload or on
   * another page with this script. Call it in a click, for the browser to ask about notifications.
   */
  startBackgroundAnalysisWithNotification: (userId: string | number) => Promise<ProgressDocument>;
  /** Attaches each element with data-job-id and data-progress="song", "job" or "playlist", once. */
  attachProgressElements: (root?: ParentNode) => void;
}
