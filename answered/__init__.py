"""The build: Markdown pages in, a checked site and its downloads out; see README.md for the rooms.

Data flows one way: Page -> Block -> Result -> Outcome -> Article -> site and exports.
"""
