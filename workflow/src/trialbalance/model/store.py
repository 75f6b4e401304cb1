"""Posteriors on disk: netCDF without clocks, so that the same fit gives the same content."""

from pathlib import Path

import arviz as az

_CLOCKS = ("created_at", "creation_library", "creation_library_version",
           "creation_library_language", "sampling_time", "tuning_steps")  # fmt: skip


def clean(idata: az.InferenceData):
    """Drop attributes that hold clock times; returns the same object.

    Examples
    --------
    >>> "created_at" in clean(az.from_dict({"a": [[0.0, 1.0]]})).posterior.attrs
    False
    """
    for group in idata.groups():
        for clock in _CLOCKS:
            idata[group].attrs.pop(clock, None)
    for clock in _CLOCKS:
        idata.attrs.pop(clock, None)
    return idata


def save(idata: az.InferenceData, path: str | Path):
    """Write a posterior.

    Parameters
    ----------
    idata : arviz.InferenceData
        A fit.
    path : str or pathlib.Path
        Where to write; missing folders are made.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "fits" / "posterior.nc"
    >>> save(az.from_dict({"level": [[0.5, 1.0]]}), path)
    >>> path.is_file()
    True
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    clean(idata).to_netcdf(str(path), engine="h5netcdf")


def load(path: str | Path):
    """Read a posterior into memory.

    Parameters
    ----------
    path : str or pathlib.Path
        File written by :func:`save`.

    Returns
    -------
    arviz.InferenceData
        The fit; the file is closed again.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "posterior.nc"
    >>> save(az.from_dict({"level": [[0.5, 1.0]]}), path)
    >>> load(path).posterior["level"].to_numpy().tolist()
    [[0.5, 1.0]]
    """
    idata = az.from_netcdf(str(path), engine="h5netcdf")
    idata.load()
    idata.close()
    return idata
