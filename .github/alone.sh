#!/usr/bin/env bash
# Run a command in a PID namespace of its own: when it ends, the kernel ends all that it started, wherever that hid.
# So nothing writes any more into what the next step publishes.
exec unshare --user --map-current-user --pid --fork --kill-child --mount-proc -- "$@"
