"""What ``make drills`` runs: the promises of docs/promises.md, broken on purpose if they can be.

The driver uses no Django: it speaks HTTP to the real server like a browser, and looks into the
database with SQL of its own.
"""
