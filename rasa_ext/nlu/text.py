"""What the classifier reads of a message: sealed values and order numbers become plain words."""

import re

SEALED = re.compile(r"⟦([a-z]+):[^⟦⟧\s]*⟧")

_GROUPS = r"\d{5,9}|\d{2,4}(?:[\s.\-]\d{2,4}){1,2}"
ORDER_NUMBER = re.compile(
    rf"(?<![\w:⟦])(?:(?:\#\s?)?w[\s.\-]{{0,2}}(?:{_GROUPS})|\#\s?\d{{5,9}}|\d{{7}})(?!\w)",
    re.IGNORECASE,
)
"""An order number as people type it: W2378156, #w2378156, W 237 8156, #2378156, 2378156.

`data/orders/nlu.yml` gives RegexEntityExtractor the same pattern; a test compares the two.
"""


def plain(text: str) -> str:
    """`text` with each sealed token as the word of its kind and each order number as one word.

    The random id of a token and the digits of a number tell nothing about what is wanted;
    left in, each would look like a word never seen before.
    """
    return ORDER_NUMBER.sub(" ordernumber ", SEALED.sub(r" \1 ", text))
