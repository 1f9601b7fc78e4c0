"""All rules about pages, in one list, and the outcomes of their blocks.

In: a `Book` and a `Session` of the engine. Out: `Problem`s, and one `Outcome` for each block.
`make page`, `make check`, the build and the tests apply the same list.
"""
