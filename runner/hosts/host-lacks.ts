/** What a host that was looked at lacks for what hosts.yaml says of it. */
import type { Host } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import type { Problem } from '../../core/problem.ts';

/** PyTorch, its environment and what pip unpacks on the way. */
const SPACE_BYTES = 6e9;
const UNCONFIGURED =
  /resolve_ctls_from_dns_srv|configuration source|unable to (process|status) .*(config|slurm\.conf)/i;

/** Everything that would keep runs from starting there; none where it is as it should be. */
export function hostLacks(host: Host, facts: HostFacts): readonly Problem[] {
  const found = [whyNotReady(host, facts), noSlurm(host, facts), noRay(host, facts)];
  return found.filter((problem) => problem !== null);
}

/** What keeps the agent from being set up, or from working in the Python that is named. */
export function whyNotReady(host: Host, facts: HostFacts): Problem | null {
  if (host.python === null) return facts.environment === null ? whyNoEnvironment(host, facts) : null;
  return facts.torch === null ? noTorch(host, facts) : null;
}

function noSlurm({ name, slurm }: Host, { sinfo }: HostFacts): Problem | null {
  if (slurm === null || sinfo === '') return null;
  const another = 'remove `slurm:` in hosts.yaml, or name a login node of the cluster as `ssh:`';
  if (sinfo === null) {
    return {
      code: 'slurm_missing',
      message: `hosts.yaml says \`slurm:\` of ${name}, but its shell finds no \`sinfo\`.`,
      fix: `Add Slurm's commands to the PATH of shells that are no login shells there; where it has no Slurm, ${another}.`,
    };
  }
  if (UNCONFIGURED.test(sinfo)) {
    return {
      code: 'slurm_unconfigured',
      message: `Slurm is installed on ${name} but not configured. Its \`sinfo\` said: ${sinfo}`,
      fix: `R${another.slice(1)}.`,
    };
  }
  return {
    code: 'slurm_silent',
    message: `Slurm on ${name} does not answer. Its \`sinfo\` said: ${sinfo}`,
    fix: 'Try `sinfo` there; once it answers, look again.',
  };
}

function noRay({ name, ray, python: named }: Host, { ray: version, python }: HostFacts): Problem | null {
  if (ray === null || version !== null) return null;
  const install = 'pip install "ray>=2.52,<3"';
  return {
    code: 'ray_missing',
    message:
      named === null
        ? `hosts.yaml says \`ray:\` of ${name}, but the environment of its agent has no Ray.`
        : `hosts.yaml says \`ray:\` of ${name}, but ${python} there has no Ray.`,
    fix:
      named === null
        ? `Name a Python there that has PyTorch and Ray (${install}) as \`python:\`, or remove \`ray:\`.`
        : `Install it there, in the cluster's version: ${python} -m ${install}`,
  };
}

function whyNoEnvironment({ name }: Host, facts: HostFacts): Problem | null {
  const { directory } = facts;
  if (facts.noexec) {
    return {
      code: 'host_noexec',
      message: `Nothing can be run from ${directory} on ${name}: its file system is mounted noexec.`,
      fix: 'Name another folder as `directory:` in hosts.yaml, or a Python that has PyTorch as `python:`.',
    };
  }
  if (!facts.venv) {
    return {
      code: 'venv_missing',
      message: `The Python of ${name} (${facts.python}) cannot make environments.`,
      fix: 'Install its venv module there (on Debian or Ubuntu: python3-venv), or name another Python as `python:` in hosts.yaml.',
    };
  }
  if (facts.free_bytes < SPACE_BYTES) {
    return {
      code: 'host_disk_full',
      message: `An environment with PyTorch needs about 6 GB; ${directory} on ${name} has ${(facts.free_bytes / 1e9).toFixed(1)} GB free.`,
      fix: 'Free some space there, or name another folder as `directory:` in hosts.yaml.',
    };
  }
  return null;
}

function noTorch({ name }: Host, { python }: HostFacts): Problem {
  return {
    code: 'host_torch_missing',
    message: `The Python named for ${name}, ${python}, has no PyTorch.`,
    fix: 'Install torch and transformers into it, name another one, or remove `python:` from hosts.yaml to have an environment made.',
  };
}
