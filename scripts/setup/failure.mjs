/** A set-up that cannot go on: one sentence that says what, one that says what to do. */
export class SetupFailure extends Error {
  /**
   * @param {string} sentence
   * @param {string} fix
   */
  constructor(sentence, fix) {
    super(sentence);
    this.name = 'SetupFailure';
    this.fix = fix;
  }
}

const network =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeoutError|ProxyError|Network is unreachable|Temporary failure in name resolution|Max retries exceeded/i;

/** Whether a download failed for want of a network: another source would fail too.
 * @param {string} output
 */
export function lacksNetwork(output) {
  return network.test(output);
}

const causes = [
  {
    pattern:
      /ENOSPC|No space left on device|\[Errno 28\]|There is not enough space on the disk|EDQUOT|Disk quota exceeded/i,
    sentence: (/** @type {string} */ what) => `The disk is full: ${what} could not be finished.`,
    fix: 'Free about 3 GB where this folder lies, then start again; what is already installed is kept.',
  },
  {
    pattern: network,
    sentence: (/** @type {string} */ what) => `The network did not answer: ${what} could not be downloaded.`,
    fix: "Check the connection (behind a proxy: HTTPS_PROXY, or the registries in npm's and pip's own settings), then start again.",
  },
  {
    pattern: /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)/i,
    sentence: (/** @type {string} */ what) =>
      `The registry's certificate is not trusted: ${what} could not be downloaded.`,
    fix: "Name the certificate of your network in npm's `cafile` and pip's `cert` settings, then start again.",
  },
  {
    pattern: /No matching distribution found for (\S+)/i,
    sentence: (/** @type {string} */ what, /** @type {RegExpMatchArray} */ match) =>
      `There is no build of ${match[1]} for this Python and this system, so ${what} cannot be installed.`,
    fix: 'Name another Python (3.10 to 3.13 have the most builds) in MERGE_LAB_PYTHON, or another PyTorch in MERGE_LAB_TORCH, e.g. MERGE_LAB_TORCH="torch>=2.4".',
  },
  {
    pattern: /(\S+) is not a supported wheel on this platform/i,
    sentence: (/** @type {string} */ what, /** @type {RegExpMatchArray} */ match) =>
      `${match[1]} was built for another Python or another system, so ${what} cannot be installed.`,
    fix: 'Remove that file from pip\'s settings (find-links), or name another PyTorch in MERGE_LAB_TORCH, e.g. MERGE_LAB_TORCH="torch>=2.4".',
  },
  {
    pattern: /THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY/i,
    sentence: (/** @type {string} */ what) => `A download of ${what} arrived damaged.`,
    fix: 'Start again; if it stays, empty the caches with `npm cache verify` and `python3 -m pip cache purge`.',
  },
  {
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    sentence: (/** @type {string} */ what) =>
      `${upperFirst(what)} could not be written: this folder does not allow it.`,
    fix: 'Give yourself the right to write here, or clone into a folder of your own.',
  },
];

/**
 * What a failed command's output says, in one sentence; the last line of it where it says nothing known.
 * @param {string} what installed, as in "PyTorch"
 * @param {string} output
 * @param {string} log file that holds all of it
 */
export function explain(what, output, log) {
  for (const { pattern, sentence, fix } of causes) {
    const match = output.match(pattern);
    if (match) return new SetupFailure(sentence(what, match), fix);
  }
  const last = lastLine(output);
  return new SetupFailure(
    `${upperFirst(what)} could not be installed${last ? `: ${last}` : '.'}`,
    `All of the output is in ${log}; mend what it says, then start again.`,
  );
}

/** @param {string} text */
export function lastLine(text) {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const errors = lines.filter((line) => /error/i.test(line) && !/npm error A complete log/i.test(line));
  return errors.at(-1) ?? lines.filter(Boolean).at(-1) ?? '';
}

/** @param {string} text */
function upperFirst(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
