"""The catalogue, seen: the networks that a query string asks for, as a table, in time, on a map and by their members.

``asked`` reads the query string, which is that of the list of networks; ``timeline``, ``worldmap``, ``members``,
``table`` and ``questions`` turn networks into rows and positions; ``views`` has the pages. Each drawing has a table of
the same rows beside it: the table is the source, the drawing the copy.
"""
