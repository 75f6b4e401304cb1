"""A real Slurm of one node on this machine: written down, started, a node's death, and stopped.

It wants root, the distribution's ``slurm-wlm`` and ``munge``, and a machine on which no Slurm is
configured. Jobs do not inherit ``SLURM_CONF``, so that the configuration stands where Slurm looks.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

CONFIGURED = Path("/etc/slurm/slurm.conf")
MARK = "# of a test of trialbalance, which removes it"
DAEMONS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue")
CONF = """{mark}
ClusterName=one
SlurmctldHost={host}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/affinity
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SlurmdTimeout=30
ReturnToService=2
MpiDefault=none
NodeName={host} CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def cannot_start() -> str | None:
    """Say why no Slurm can be started here, or nothing."""
    if os.geteuid() != 0:
        return "a Slurm is started by root"
    if missing := [name for name in DAEMONS if shutil.which(name) is None]:
        return f"not installed: {', '.join(missing)} (apt-get install slurm-wlm munge)"
    if importlib.util.find_spec("snakemake_executor_plugin_slurm") is None:
        return "not installed: snakemake-executor-plugin-slurm"
    if CONFIGURED.exists() and MARK not in CONFIGURED.read_text(encoding="utf-8"):
        return f"a Slurm is configured here already: {CONFIGURED}"
    return None


class Slurm:
    """Controller, node and key daemon of one machine, each a process of the test."""

    def __init__(self, folder: Path):
        self.folder, self.running = folder, {}

    def start(self) -> None:
        """Write the configuration and start everything; return when the node is idle."""
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
        told = {"mark": MARK, "host": socket.gethostname(), "folder": self.folder}
        told |= {"cores": os.cpu_count(), "memory": memory * 9 // 10}
        CONFIGURED.parent.mkdir(exist_ok=True)
        CONFIGURED.write_text(CONF.format(**told), encoding="utf-8")
        place = Path("/run/munge")
        place.mkdir(exist_ok=True)
        shutil.chown(place, "munge")
        if subprocess.run(["munge", "-n"], capture_output=True, check=False).returncode:
            self._daemon("munged", "--foreground", "--force", user="munge")
        self._daemon("slurmctld", "-D", "-c")
        self.start_node()

    def start_node(self) -> None:
        """Start the node; return when it takes jobs."""
        self._daemon("slurmd", "-D")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            told = subprocess.run(
                ["sinfo", "-h", "-o", "%T"], capture_output=True, text=True, check=False
            ).stdout
            if told.strip() in ("idle", "mixed", "allocated"):
                return
            time.sleep(0.5)
        raise AssertionError("the node did not come up:\n" + self.log("slurmd"))

    def kill_node(self) -> None:
        """Let the node die with all that runs on it, as a power cut does."""
        node = self.running.pop("slurmd")
        steps = [pid for pid in processes() if name_of(pid) == "slurmstepd"]
        node.kill()
        node.wait()
        for pid in steps:
            for one in [*below(pid), pid]:
                try:
                    os.kill(one, signal.SIGKILL)
                except ProcessLookupError:
                    continue

    def jobs(self) -> list[str]:
        """Return the states of the jobs that are not finished."""
        return subprocess.run(
            ["squeue", "-h", "-o", "%T"], capture_output=True, text=True, check=True
        ).stdout.split()

    def log(self, name: str) -> str:
        """Return the last lines of a daemon."""
        return (self.folder / f"{name}.log").read_text(encoding="utf-8")[-3000:]

    def stop(self) -> None:
        """Cancel what is left, end the daemons and remove the configuration."""
        subprocess.run(["scancel", "--user", "root"], capture_output=True, check=False)
        time.sleep(1)
        for process in reversed(self.running.values()):
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        CONFIGURED.unlink(missing_ok=True)

    def _daemon(self, name: str, *words: str, user: str | None = None) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [shutil.which(name), *words], stdout=log, stderr=log, user=user
            )
        time.sleep(1)


def processes() -> list[int]:
    """Return the numbers of all processes."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def name_of(pid: int) -> str:
    """Return the name of a process; nothing of one that has ended."""
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def below(pid: int) -> list[int]:
    """Return the processes that a process started, and those that they did."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return []
    return [one for child in map(int, told) for one in [*below(child), child]]
