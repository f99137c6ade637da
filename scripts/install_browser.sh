#!/usr/bin/env bash
# Installs Chromium for the tests that open report.html (tests/report/test_page_browser.py), where it is missing and can be had.
# Exits 0 when a browser is there at the end, else 1 with a sentence on what to do.
set -euo pipefail

for name in chromium chromium-browser google-chrome chrome; do
    if command -v "$name" > /dev/null; then
        echo "A browser is here: $(command -v "$name")"
        exit 0
    fi
done
if ! command -v apt-get > /dev/null; then
    echo "No Chromium, and no apt-get to install it with. Install Chromium or Chrome, so that 'chromium' or 'google-chrome' is on the PATH." >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "No Chromium, and only root may install it. Run: sudo bash $0" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update --quiet=2
apt-get install --quiet=2 --yes --no-install-recommends chromium fonts-dejavu-core > /dev/null
echo "Installed $(command -v chromium)"
