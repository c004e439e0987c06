/** The agent's Python from the outside: which one is used, whether it works, how it is set up and removed. */
export { type CheckedPython, checkAgentPython, type PythonVersions } from './check-agent-python.ts';
export { type AgentPython, type FindOptions, findAgentPython } from './find-agent-python.ts';
export { managedFolder } from './managed-environment.ts';
export {
  otherEnvironments,
  type RemovedEnvironment,
  removeAgentEnvironment,
} from './remove-agent-environment.ts';
export { type SetUpOptions, type SetUpProgress, setUpAgent } from './set-up-agent.ts';
