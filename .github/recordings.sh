#!/usr/bin/env bash
# Apply the patch of a run on a GPU to a clean checkout, and write it anew from there. What ran on that machine could
# write any patch, so whatever changes more than questions and their recordings is refused.
# Usage: recordings.sh PATCH RESULT
set -euo pipefail
slug='[a-z0-9-]+'
page="100644 100644 docs/questions/$slug/$slug\.md"
recordings="(100644|000000) (100644|000000) docs/questions/$slug/recordings/$slug\.yml" # written, changed, removed
if [ -s "$1" ]; then git apply --index "$1"; fi
refused=
while IFS= read -r -d '' modes && IFS= read -r -d '' file; do
  change="${modes:1:13} $file"
  if ! [[ $change =~ ^($page|$recordings)$ ]]; then
    printf 'refused: %q\n' "$change" >&2
    refused=yes
  fi
done < <(git diff --cached --raw --no-renames -z)
if [ "$refused" ]; then
  echo "a run on a GPU changes docs/questions/<topic>/<slug>.md and recordings/<slug>.yml beside it, and nothing else" >&2
  exit 1
fi
git diff --cached --no-renames > "$2"
