"""One unambiguous way to turn several strings into bytes."""


def joined(*parts: str) -> bytes:
    """Each part as UTF-8 after its length in 4 bytes, so («ab», «c») never equals («a», «bc»)."""
    pieces: list[bytes] = []
    for part in parts:
        piece = part.encode("utf-8", "surrogatepass")
        pieces += (len(piece).to_bytes(4, "big"), piece)
    return b"".join(pieces)
