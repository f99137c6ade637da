#!/usr/bin/env bash
# Writes requirements.lock: every package that `pip install '.[accurate]'` brings, with the hashes of its files. Needs uv (pip install uv).
set -euo pipefail
cd "$(dirname "$0")/.."
uv pip compile pyproject.toml --extra accurate --generate-hashes --python-version 3.11 --no-annotate --no-header --quiet --output-file requirements.lock
