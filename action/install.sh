#!/usr/bin/env bash
# Installs Mason in the version of this action, unless a command is given or it is already installed.
set -euo pipefail
case "${COMMAND:-}" in
  plan | apply | comment) ;;
  *)
    echo 'The input "command" is none of plan, apply, comment. Write one of them.' >&2
    exit 1
    ;;
esac
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
if [[ -n "${MASON:-}" || -d "$root/dist" ]]; then exit 0; fi
cd "$root"
npm ci --omit=dev --no-audit --no-fund
