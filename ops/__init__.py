"""Sets up, trains, starts and stops Countersign.

Standard library only, Python 3.8 or newer: any python3 may run it. What reads YAML (`ops.words`,
`ops.stories`) needs the environment of the core.
"""
