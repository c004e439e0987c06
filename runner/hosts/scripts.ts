/** What a host's `sh` is told, each in one line; the values come in the lines behind it and are only ever quoted. */

/** Exit codes of the scripts, none of which ssh or Python use. */
export const NO_PYTHON = 70;
export const NO_AGENT = 71;

const OWN_HOME = `case $p in "~/"*) p=$HOME/\${p#??};; esac`;
const NEW_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 10))';
const NAMES = 'python3 python3.14 python3.13 python3.12 python3.11 python3.10 python';
/** The program comes after its length; its input goes on behind it. */
const READ_PROGRAM =
  'import sys; f = sys.stdin.buffer; eval(compile(f.read(int(f.readline())), "bootstrap.py", "exec"))';

/**
 * Reads the Python that is named, or an empty line; then runs a program in it, or in the first one that is new enough.
 * The working folder is `/`, so that nothing that lies about in a home is imported.
 */
export const START_PYTHON = [
  'IFS= read -r p',
  OWN_HOME,
  `if [ -n "$p" ]; then set -- "$p"; else set -- ${NAMES}; fi`,
  `for c do command -v "$c" >/dev/null 2>&1 </dev/null || continue`,
  `if "$c" -c '${NEW_ENOUGH}' >/dev/null 2>&1 </dev/null; then cd / && exec "$c" -c '${READ_PROGRAM}'; fi`,
  `printf 'merge-lab-found %s: %s\\n' "$c" "$("$c" --version 2>&1 </dev/null | head -n 1)" >&2`,
  'done',
  `exit ${NO_PYTHON}`,
].join('; ');

/** Reads a Python and the folder of the agent's sources, and becomes the agent. */
export const SERVE = [
  'IFS= read -r p',
  'IFS= read -r r',
  `[ -x "$p" ] && [ -d "$r/merge_lab_agent" ] && cd "$r" || exit ${NO_AGENT}`,
  'PYTHONPATH=$r PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1 exec "$p" -m merge_lab_agent serve',
].join('; ');
