"""Searching a pool: by substring, by regular expression, by nearness, by a SQL condition.

Kept empty on purpose: the worker process imports this package and must start fast.
"""
