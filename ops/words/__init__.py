"""What the YAML and the code say to each other, read with file and line; no training, no Rasa.

Run by `.venv/bin/python`: it needs PyYAML. The faults it names stand in faults.py and contradictions.py.
"""

# Intents that no shopper's words mean: the channel, the classifier or a button's payload gives them.
UNSAID_INTENT = r"EXTERNAL_\w+|answer_errand|nlu_fallback|several_wishes"
