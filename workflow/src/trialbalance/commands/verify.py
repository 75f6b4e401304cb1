"""What of a study's results was changed after the run, file by file."""

import shutil
import subprocess
from pathlib import Path

from trialbalance.audit.standards.checksums import SUMS, added_files, changed_files
from trialbalance.contracts import Finding, Problems


def verify_results(results: Path) -> list[str]:
    """Check every file of a study's results against the list that the run wrote.

    Parameters
    ----------
    results : Path
        Folder of one study's results; where ``audit/SHA256SUMS.asc`` stands, the signature of the
        list is checked too, by gpg.

    Returns
    -------
    list of str
        What was looked at, and what stands there beside it.

    Raises
    ------
    Problems
        Each file that was changed or is missing; a signature that is not good.
    """
    changed = changed_files(results)
    allowed, remedy = "files as the run wrote them", "run again, or find out who changed it"
    findings = [Finding(str(results), found=one, allowed=allowed, remedy=remedy) for one in changed]
    signature = results / f"{SUMS}.asc"
    lines = []
    if signature.is_file():
        sentence = _signature_fault(results / SUMS, signature)
        if sentence:
            findings.append(Finding(str(signature), found=sentence, allowed="a good signature"))
        lines.append(f"{signature}: a good signature of the list")
    else:
        lines.append("the list is not signed: it tells of changes by those who did not change it")
    if findings:
        raise Problems(findings)
    if added := added_files(results):
        lines.append(f"not in the list, so not looked at: {', '.join(added)}")
    count = len((results / SUMS).read_text(encoding="utf-8").splitlines())
    return [f"{results}: {count} files as the run wrote them", *lines]


def _signature_fault(listed: Path, signature: Path) -> str:
    """Return why a signature does not hold; blank where it does."""
    if shutil.which("gpg") is None:
        return "a signature, but no gpg on this machine to check it"
    command = ["gpg", "--batch", "--verify", str(signature), str(listed)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if answer.returncode == 0 else "a signature that is not of this list"
