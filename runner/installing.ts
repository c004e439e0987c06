/** What installs Python packages, and tries whether a Python has them: loaded when asked for, and in the editor a bundle of its own. */
export { checkAgentPython } from './check-agent-python.ts';
export { installHarness } from './downstream/install-harness.ts';
export { setUpAgent } from './set-up-agent.ts';
