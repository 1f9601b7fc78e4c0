# Everything runs from .venv, which is made from requirements.txt on first use.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m answered
export NO_MKDOCS_2_WARNING := 1
# A dollar sign in a question means nothing to make.
override export QUESTION := $(value QUESTION)

.DEFAULT_GOAL := help
.PHONY: help site serve test new page solve check update lint format gpu dry bench mutants zensical lock clean lighthouse

help: ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

# A copy of the requirements.txt that is installed: compared by content, as every fresh checkout is
# newer than a .venv that was restored from a cache.
$(VENV)/installed: $(if $(shell cmp requirements.txt $(VENV)/installed 2>&1),FORCE)
	@echo "installing requirements.txt into $(VENV) (several GB, from half a minute to a few minutes)"
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.txt | \
		$(VENV)/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement /dev/stdin
	$(VENV)/bin/uv pip install --python $(VENV)/bin/python --require-hashes --requirement requirements.txt
	cp requirements.txt $@

FORCE:

site: $(VENV)/installed ## build site/ in strict mode; examples are run and checked
	$(RUN) build

serve: $(VENV)/installed ## build, serve and reload in the browser what changes; PORT=8000
	$(RUN) serve $(if $(PORT),--port $(PORT))

test: site ## run all tests, the static checks among them
	$(VENV)/bin/python -m pytest -n auto --dist loadfile

new: $(VENV)/installed ## write a new page from the template; asks for what TOPIC=, SLUG=, QUESTION= and LEVEL= do not say; KIND=exercise, predict or debug
	$(RUN) new $(foreach name,TOPIC SLUG QUESTION LEVEL KIND,$(if $($(name)),--$(shell echo $(name) | tr A-Z a-z) "$$$(name)"))

page: $(VENV)/installed ## check and render one page or notebook in seconds: PAGE=path-or-slug
	@test -n "$(PAGE)" || { echo "name the page: make page PAGE=path-or-slug"; exit 2; }
	$(RUN) page $(PAGE)

solve: $(VENV)/installed ## judge your own solution of an exercise: PAGE=slug FILE=mine.py
	@test -n "$(PAGE)" -a -n "$(FILE)" || { echo "name both: make solve PAGE=slug FILE=mine.py"; exit 2; }
	$(RUN) solve $(PAGE) $(FILE)

check: $(VENV)/installed ## check the pages without building the site; one page with PAGE=path-or-slug
	$(RUN) check $(PAGE)

update: $(VENV)/installed ## rewrite expected outputs that differ, and say which; one page with PAGE=path-or-slug
	$(RUN) update $(PAGE)

lint: $(VENV)/installed ## check spelling, form, formatting, schemas, workflows, and who imports whom
	SKIP=pages $(VENV)/bin/pre-commit run --all-files

format: $(VENV)/installed ## fix what the formatters can, in pages and code
	-$(VENV)/bin/ruff check --fix-only --quiet --no-cache .
	-$(VENV)/bin/ruff format --quiet --no-cache .
	-$(VENV)/bin/rumdl fmt --quiet --no-cache .

gpu: ## run the blocks that need a GPU, on one; record them with RECORD=1 (those not recorded yet: MISSING=1); torch and PyYAML will do
	$(or $(wildcard $(VENV)/bin/python),$(PYTHON)) -m answered gpu $(PAGE) $(if $(filter-out 0,$(RECORD)),--record) $(if $(filter-out 0,$(MISSING)),--missing)

dry: $(VENV)/installed ## run the blocks that need a GPU on a stand-in for one, which computes nothing; one page with PAGE=path-or-slug
	$(RUN) dry $(PAGE)

bench: $(VENV)/installed ## measure the build against its limits; the essentials alone with QUICK=1
	$(VENV)/bin/python -m tests.bench $(if $(filter-out 0,$(QUICK)),--quick)

mutants: $(VENV)/installed ## plant faults in the engine and the checks, and count those that tests find; half an hour
	$(VENV)/bin/mutmut run
	$(VENV)/bin/mutmut results

zensical: $(VENV)/installed ## build the site with Zensical, the successor of Material, and say what it lacks
	$(VENV)/bin/python -m tests.canary

lighthouse: $(VENV)/installed ## hold Lighthouse's scores of the built site against their limits; needs npm
	$(VENV)/bin/python -m tests.lighthouse

lock: $(VENV)/installed ## resolve requirements.in anew into requirements.txt
	$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade requirements.in --output-file requirements.txt
	sed -i "1i # locked on $$(date -u +%Y-%m-%d) by \`make lock\` from requirements.in; do not edit" requirements.txt

clean: ## remove the site and all caches, keep .venv
	rm -rf site .cache
