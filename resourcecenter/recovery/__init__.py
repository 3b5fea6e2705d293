"""Recovery: a backup of a serving site, and a site from a backup.

A backup is a folder: the database, every file that this database names, and a manifest with the checksum of each.
"""
