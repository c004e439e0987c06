/** Somebody was asked, and said no or pressed Ctrl-C: no failure, and nothing to advise. */
export class Declined extends Error {
  readonly exitCode: 1 | 130;

  /** @param message what is so now */
  constructor(message: string, exitCode: 1 | 130) {
    super(message);
    this.name = 'Declined';
    this.exitCode = exitCode;
  }
}
