"""What is told at the first turn (GDPR 13; EU AI Act 50). Its version is the digest of its words."""

import hashlib

from countersign.gateway.phrases import Phrases
from countersign.gateway.schemas import Notice


def notice(phrases: Phrases) -> Notice:
    text = phrases.say("notice_text")
    purpose = phrases.say("notice_purpose_service")
    version = hashlib.sha256(f"{text}\n{purpose}".encode()).hexdigest()[:12]
    return Notice(version=version, text=text, purposes=[{"id": "service", "text": purpose, "consent": False}])
