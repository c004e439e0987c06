/** What installs Python packages: loaded when somebody asks for that, and in the editor a bundle of its own. */
export { installHarness } from './downstream/install-harness.ts';
export { setUpAgent } from './set-up-agent.ts';
