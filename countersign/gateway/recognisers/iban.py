"""Bank accounts: ISO 13616 IBANs, by their checksum."""

import re
from collections.abc import Iterable

from countersign.gateway.recognisers.found import CERTAIN, SURE, Found, Message

_RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ .-]{0,2}[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ .-]{0,2}[A-Za-z0-9])")
_GROUP = re.compile(r"[ .-]{0,2}[A-Za-z0-9]+")
_CUE = re.compile(r"\b(?:iban|bank account|account number|konto)\b", re.IGNORECASE)
_DIGITS = 10  # the fewest that any country's account has; sentences have fewer
_SEPARATOR = re.compile(r"[^A-Za-z0-9]")


class IbanRecogniser:
    def find(self, message: Message) -> Iterable[Found]:
        cue = message.wants("iban") or bool(_CUE.search(message.text))
        for start in _START.finditer(message.text):
            end = self._end(message.text, start)
            if end:
                yield self._found(message, start.start(), end, CERTAIN)
            elif cue and (run := _RUN.match(message.text, start.start())):
                # A mistyped account is still nearly all of one.
                yield self._found(message, run.start(), run.end(), SURE)

    def _end(self, text: str, start: re.Match[str]) -> int | None:
        """The furthest group boundary up to which the checksum holds."""
        best, end = None, start.end()
        while group := _GROUP.match(text, end):
            end = group.end()
            written = _SEPARATOR.sub("", text[start.start() : end])
            if len(written) > 34:
                break
            if len(written) >= 15 and sum(map(str.isdigit, written)) >= _DIGITS and valid_iban(written):
                best = end
        return best

    def _found(self, message: Message, start: int, end: int, certainty: float) -> Found:
        return Found(start, end, "iban", _SEPARATOR.sub("", message.text[start:end]).upper(), certainty)


def valid_iban(written: str) -> bool:
    """ISO 7064 mod 97-10 over letters and digits without separators."""
    turned = written[4:] + written[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1
