"""How fast everything is: alternatives timed against each other in one run, and their goals.

A row is a function: settings of conf/benchmark.yaml in, figures out.
"""
