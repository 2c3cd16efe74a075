"""One unambiguous way to turn several strings into bytes."""


def joined(*parts: str) -> bytes:
    """Each part as UTF-8 after its length in 4 bytes, so («ab», «c») never equals («a», «bc»)."""
    pieces = (part.encode("utf-8", "surrogatepass") for part in parts)
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)
