# Sourced by a step that shows what pages hold or print: to its end the runner takes that for text, and neither for a
# workflow command, such as ::error::, nor for an error of Python to be annotated. The next step starts anew. What would
# resume commands earlier is drawn at random, and known to the runner alone.
echo '::remove-matcher owner=python::'
echo "::stop-commands::$(</proc/sys/kernel/random/uuid)"
