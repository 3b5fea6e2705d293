"""Tables of public records, out as CSV and XLSX and in again.

``files`` reads and writes the two formats, ``cells`` single values, ``records`` rows; ``admin`` has the pages. What is
exported and imported again changes nothing, and a table with one mistake changes nothing either.
"""
