"""The form of a value that is hashed for look-up.

Two spellings that index alike are the same value to every look-up. For an e-mail address only
ASCII case and outer space are forgiven: full Unicode folding would make «ß» and «ss» one mailbox,
and whoever owns the one could ask for the other's sign-in code.
"""

from countersign.kit.personal_forms import INDEX_FORMS


def canonical(kind: str, value: str) -> str:
    """The one form of a kind in `INDEX_FORMS`; a value of any other kind, such as an id, is kept as it is."""
    form = INDEX_FORMS.get(kind)
    return value if form is None else form(value)
