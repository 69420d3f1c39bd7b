// The types of progress-polling.js: for its own check (`npm run types`) and for pages that are written in TypeScript.

interface ProgressChild {
  job_id: string;
  title: string;
  status: string;
  progress: number;
}

/** What GET /api/progress/<job_id> answers; `progress` runs from 0 to 1. */
interface ProgressDocument {
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
  details: unknown;
  retryAfterMs: number | null;
  final: boolean;
}

interface ProgressCallbacks {
  onProgress?: (progress: ProgressDocument) => void;
  /** Once, for every way to end; see `progress.status`. */
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
