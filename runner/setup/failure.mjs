// @ts-check

/**
 * @typedef {'cancelled' | 'disk_full' | 'network_unreachable' | 'certificate_untrusted' | 'build_missing' |
 *   'wheel_unsupported' | 'download_damaged' | 'not_writable' | 'python_missing' | 'python_too_old' | 'venv_missing' |
 *   'environment_broken' | 'environment_in_use' | 'set_up_failed'} FailureCode
 */

/** A set-up that cannot go on: one sentence that says what, one that says what to do, and a code for programs. */
export class SetupFailure extends Error {
  /**
   * @param {string} sentence
   * @param {string} fix
   * @param {FailureCode} [code]
   */
  constructor(sentence, fix, code = 'set_up_failed') {
    super(sentence);
    this.name = 'SetupFailure';
    this.fix = fix;
    /** @type {FailureCode} */
    this.code = code;
  }
}

/**
 * What advice says where it depends on where the set-up takes place.
 * @typedef {{
 *   place: string, kept: string, write: string, namePython: string, sources: string, certificate: string,
 *   caches: string, again: string
 * }} Words
 */

/** @type {Words} */
export const checkoutWords = {
  place: 'where this folder lies',
  kept: '; what is already installed is kept',
  write: 'Give yourself the right to write here, or clone into a folder of your own.',
  namePython: 'in MERGE_LAB_PYTHON',
  sources: "the registries in npm's and pip's own settings",
  certificate: "npm's `cafile` and pip's `cert` settings",
  caches: '`npm cache verify` and `python3 -m pip cache purge`',
  again: 'remove the folder .venv and start again',
};

const network =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|NameResolutionError|NewConnectionError|ConnectTimeout|ReadTimeoutError|ProxyError|Network is unreachable|Temporary failure in name resolution|Max retries exceeded/i;

const certificate = /CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)/i;

/** Whether a download failed for want of a network, or of trust in it: another source would fail too.
 * @param {string} output
 */
export function lacksNetwork(output) {
  return network.test(output) || certificate.test(output);
}

/**
 * In this order: pip speaks of retries also where a certificate is at fault.
 * @type {readonly {
 *   code: FailureCode, pattern: RegExp, sentence: (what: string, match: RegExpMatchArray) => string,
 *   fix: (words: Words) => string
 * }[]}
 */
const causes = [
  {
    code: 'disk_full',
    pattern:
      /ENOSPC|No space left on device|\[Errno 28\]|There is not enough space on the disk|EDQUOT|Disk quota exceeded/i,
    sentence: (what) => `The disk is full: ${what} could not be finished.`,
    fix: ({ place, kept }) => `Free about 3 GB ${place}, then start again${kept}.`,
  },
  {
    code: 'certificate_untrusted',
    pattern: certificate,
    sentence: (what) => `The registry's certificate is not trusted: ${what} could not be downloaded.`,
    fix: (words) => `Name the certificate of your network in ${words.certificate}, then start again.`,
  },
  {
    code: 'network_unreachable',
    pattern: network,
    sentence: (what) => `The network did not answer: ${what} could not be downloaded.`,
    fix: ({ sources }) =>
      `Check the connection (behind a proxy: HTTPS_PROXY, or ${sources}), then start again.`,
  },
  {
    code: 'build_missing',
    pattern: /No matching distribution found for (\S+)/i,
    sentence: (what, match) =>
      `There is no build of ${match[1]} for this Python and this system, so ${what} cannot be installed.`,
    fix: ({ namePython }) =>
      `Name another Python (3.10 to 3.13 have the most builds) ${namePython}, or another PyTorch in MERGE_LAB_TORCH, e.g. MERGE_LAB_TORCH="torch>=2.4".`,
  },
  {
    code: 'wheel_unsupported',
    pattern: /(\S+) is not a supported wheel on this platform/i,
    sentence: (what, match) =>
      `${match[1]} was built for another Python or another system, so ${what} cannot be installed.`,
    fix: () =>
      'Remove that file from pip\'s settings (find-links), or name another PyTorch in MERGE_LAB_TORCH, e.g. MERGE_LAB_TORCH="torch>=2.4".',
  },
  {
    code: 'download_damaged',
    pattern: /THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY/i,
    sentence: (what) => `A download of ${what} arrived damaged.`,
    fix: ({ caches }) => `Start again; if it stays, empty the cache with ${caches}.`,
  },
  {
    code: 'not_writable',
    pattern: /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i,
    sentence: (what) => `${upperFirst(what)} could not be written: this folder does not allow it.`,
    fix: ({ write }) => write,
  },
];

/**
 * What a failed command's output says, in one sentence; the last line of it where it says nothing known.
 * @param {string} what installed, as in "PyTorch"
 * @param {string} output
 * @param {string} log file that holds all of it
 * @param {Words} [words]
 */
export function explain(what, output, log, words = checkoutWords) {
  for (const { code, pattern, sentence, fix } of causes) {
    const match = output.match(pattern);
    if (match) return new SetupFailure(sentence(what, match), fix(words), code);
  }
  const last = lastLine(output);
  return new SetupFailure(
    `${upperFirst(what)} could not be installed${last ? `: ${last}` : '.'}`,
    `All of the output is in ${log}; mend what it says, then start again.`,
  );
}

export function cancelled() {
  return new SetupFailure(
    'The set-up was stopped.',
    'Start it again when you like; what is whole is kept.',
    'cancelled',
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
