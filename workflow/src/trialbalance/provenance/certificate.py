"""The certificate of a second program in one sentence."""

import pandas as pd

AGREES, DIFFERS, EXPLAINED = "agrees", "differs", "explained"
NOT_RECOMPUTED, NOT_RUN = "not recomputed", "did not run"


def certificate_sentence(certificate: pd.DataFrame) -> str:
    """Return the certificate in one sentence, for the report's "how far to trust this".

    Parameters
    ----------
    certificate : pandas.DataFrame
        Table certificate.

    Returns
    -------
    str
        On how many quantities the two programs agree, or that the second did not run.

    Examples
    --------
    >>> certificate_sentence(pd.DataFrame({"verdict": ["agrees", "agrees"]}))[-48:]
    'the study again and agrees on 2 of 2 quantities.'
    """
    verdict = certificate["verdict"]
    if (verdict == NOT_RUN).any():
        return (
            "A second program, written in R, did not run: R is not installed where these results "
            "were made."
        )
    judged = certificate[verdict != NOT_RECOMPUTED]
    agreed = int((judged["verdict"] == AGREES).sum())
    words = (
        "A second program, written in R and sharing no code with this one, computed the study "
        f"again and agrees on {agreed:,} of {len(judged):,} quantities"
    )
    explained, differ = (int((verdict == word).sum()) for word in (EXPLAINED, DIFFERS))
    words += f"; {explained:,} differ for a reason given" if explained else ""
    words += f"; {differ:,} differ without one" if differ else ""
    left = int((verdict == NOT_RECOMPUTED).sum())
    return words + (f"; {left:,} it does not compute." if left else ".")
