#!/usr/bin/env bash
# Prepare a throw-away machine of GitHub for examples, before the first of them runs.
set -euo pipefail
sudo sysctl -q kernel.apparmor_restrict_unprivileged_userns=0 # this Ubuntu reserves to root what confines them
sudo rm -f /run/docker.sock # through which anyone who may write to it is root
rm -rf .cache # what a commit brings there would be taken for results
find snippets -name __pycache__ -prune -exec rm -rf {} + # and there, for what the sources say
