"""Sets up, trains, starts and stops Countersign.

Standard library only, Python 3.8 or newer: any python3 may run it.
"""
