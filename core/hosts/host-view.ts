/** A run on a host as a window hears of it. */
export interface HostView {
  readonly name: string;
  /** `apart`: nobody here asks the host; what is shown is what was known last. */
  readonly link: 'apart' | 'connected' | 'reconnecting';
  /** Milliseconds since 1970 when news of the run arrived last; null for none yet. */
  readonly seen: number | null;
}
