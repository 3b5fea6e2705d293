"""Proofs that are no tests: what programs from npm say about the pages. See the Makefile."""

from pathlib import Path

NPM = Path(__file__).parent / "node_modules"
