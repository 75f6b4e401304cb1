"""Provenance: the wrapper of scripts, digests of code, named random streams."""
