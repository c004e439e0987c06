// @ts-check
import { capture } from './process.mjs';
import { pythonStart } from './python-start.mjs';

/**
 * Runs a module of Python as `-m` does, and ends with its parent: the parent holds the other end of standard input, and
 * the system lets go of it however the parent ends. Without this, pip would go on by itself in an environment that a
 * later set-up makes anew. Folders in `args` are absolute.
 */
const leash = `# Ends with its parent.
import os, runpy, signal, subprocess, sys, threading

def watch():
    while os.read(0, 4096):
        pass
    if os.name == "nt":
        subprocess.call(["taskkill", "/PID", str(os.getpid()), "/T", "/F"])
    elif os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)

threading.Thread(target=watch, daemon=True).start()
sys.path[:] = [folder for folder in sys.path if folder]
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
`;

/**
 * @param {string} python
 * @param {string} module
 * @param {readonly string[]} args
 * @param {import('./process.mjs').CaptureOptions} options
 */
export function runModule(python, module, args, options) {
  // A signal that never comes gives it a group of its own all the same.
  const signal = options.signal ?? new AbortController().signal;
  const { program, ...place } = pythonStart(python, options.env);
  return capture(program, ['-c', leash, module, ...args], { ...options, ...place, signal, leash: true });
}
