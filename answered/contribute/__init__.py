"""Help for authors: a new page from the template.

In: a topic, a file name, a question and a level, asked for where they are not given; a kind.
Out: a page below docs/questions/ with a TODO wherever its author has something to say.
"""
