"""What the YAML and the code say to each other, read with file and line; no training, no Rasa.

Run by `.venv/bin/python`: it needs PyYAML. The faults it names stand in faults.py and contradictions.py.
"""
