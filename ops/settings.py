"""What the processes are told: addresses, secrets, folders. Rasa hears only what its list below names."""

import json
import os
import secrets
import socket
from pathlib import Path
from typing import Dict, Mapping, NamedTuple, Optional

from ops.environments import ROOT
from ops.progress import OpsError

# Rasa is trusted with nothing, so its environment is this list and no more; what a person must never see
# in a log (debug lines print shoppers' words) is switched off here too.
_RASA_HEARS = (
    "COUNTERSIGN_RASA_SECRET",
    "COUNTERSIGN_INNER_SECRET",
    "COUNTERSIGN_INNER_URL",
    "COUNTERSIGN_TRACKER_DB",
)
_RASA_ALWAYS = {"RASA_TELEMETRY_ENABLED": "false", "LOG_LEVEL": "INFO", "LOG_LEVEL_LIBRARIES": "ERROR"}
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")
_PORTS = (
    ("COUNTERSIGN_PUBLIC", "8000"),
    ("COUNTERSIGN_INNER", "5055"),
    ("COUNTERSIGN_RASA", "5005"),
    ("COUNTERSIGN_STAFF", "8001"),
)
_SECRETS = ("COUNTERSIGN_INNER_SECRET", "COUNTERSIGN_RASA_SECRET")
_SECRET_BYTES = 32


class Settings(NamedTuple):
    """All COUNTERSIGN_* values of one instance, as strings."""

    values: Dict[str, str]

    @property
    def home(self) -> Path:
        return Path(self.values["COUNTERSIGN_HOME"])

    @property
    def url(self) -> str:
        return self.values["COUNTERSIGN_BASE_URL"]

    @property
    def public(self) -> str:
        """Where the public socket is reached on this machine (a base URL may lie behind a proxy)."""
        return "http://" + self.values["COUNTERSIGN_PUBLIC"]

    @property
    def inner(self) -> str:
        return "http://" + self.values["COUNTERSIGN_INNER"]

    @property
    def staff(self) -> str:
        return "http://" + self.values["COUNTERSIGN_STAFF"]

    @property
    def rasa(self) -> str:
        return self.values["COUNTERSIGN_RASA"]

    @property
    def rasa_port(self) -> str:
        return self.rasa.rpartition(":")[2].rstrip("/")

    def for_core(self) -> Dict[str, str]:
        """The whole environment of the core process.

        COUNTERSIGN_RASA_VIA puts a relay in front of Rasa, for proofs that read the traffic.
        """
        rasa = self.values.get("COUNTERSIGN_RASA_VIA", self.rasa)
        return {**_plain_environment(), **self.values, "COUNTERSIGN_RASA": rasa}

    def for_rasa(self) -> Dict[str, str]:
        """The whole environment of the Rasa process: no key, no store, no mail; its home is in ours."""
        heard = {name: self.values[name] for name in _RASA_HEARS}
        return {**_plain_environment(), **_RASA_ALWAYS, **heard, "HOME": str(self.home / "rasa")}


def load(
    home: Optional[str], environ: Mapping[str, str], given: Mapping[str, str], auto_ports: bool
) -> Settings:
    """Settings of the instance in `home`, by falling weight: `given`, the environment, secrets.env, defaults.

    Makes HOME and, at the first start, HOME/secrets.env. Raises OpsError for an unusable value.
    """
    folder = Path(home or environ.get("COUNTERSIGN_HOME") or ROOT / "var").expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / "rasa").mkdir(mode=0o700, exist_ok=True)
    values = dict(_ports(auto_ports), COUNTERSIGN_DEMO="1")
    values.update(_secrets(folder / "secrets.env"))
    values.update(
        {
            k: v
            for k, v in environ.items()
            if k.startswith("COUNTERSIGN_")
            and v
            and not (auto_ports and k in ("COUNTERSIGN_BASE_URL", "COUNTERSIGN_STAFF_URL", *dict(_PORTS)))
        }
    )
    values.update(given)
    values["COUNTERSIGN_HOME"] = str(folder)
    values.setdefault("COUNTERSIGN_BASE_URL", "http://" + values["COUNTERSIGN_PUBLIC"])
    values.setdefault("COUNTERSIGN_INNER_URL", "http://" + values["COUNTERSIGN_INNER"])
    values.setdefault("COUNTERSIGN_TRACKER_DB", str(folder / "rasa" / "tracker.db"))
    return Settings(values)


def refuse_taken_ports(settings: Settings) -> None:
    """Raises OpsError that names the first taken port and the variable to change."""
    for name, _ in _PORTS:
        host, _, port = settings.values[name].rpartition("/")[2].rpartition(":")
        try:
            number = int(port)
        except ValueError:
            raise OpsError(f"{name}={settings.values[name]} has no port; write it as host:port") from None
        if name == "COUNTERSIGN_RASA" and host not in ("127.0.0.1", "localhost"):
            raise OpsError(f"COUNTERSIGN_RASA={settings.values[name]}: Rasa is started on 127.0.0.1 only")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host.strip("[]"), number))
            except OSError as error:
                example = settings.values[name].replace(port, str(number % 64000 + 1000))
                raise OpsError(
                    f"Port {number} on {host} can't be used ({error.strerror}). "
                    f"Stop what holds it, or choose another: {name}={example}"
                ) from None


def _ports(auto: bool) -> Dict[str, str]:
    if not auto:
        chosen = {name: "127.0.0.1:" + port for name, port in _PORTS}
    else:
        holders = [socket.socket() for _ in _PORTS]
        for holder in holders:
            holder.bind(("127.0.0.1", 0))
        chosen = {name: f"127.0.0.1:{holder.getsockname()[1]}" for (name, _), holder in zip(_PORTS, holders)}
        for holder in holders:
            holder.close()
    chosen["COUNTERSIGN_RASA"] = "http://" + chosen["COUNTERSIGN_RASA"]
    return chosen


def _secrets(path: Path) -> Dict[str, str]:
    """The secrets of this HOME; made at random, readable by the owner only, when there are none."""
    if not path.exists():
        lines = [f"{name}={secrets.token_urlsafe(_SECRET_BYTES)}\n" for name in _SECRETS]
        with open(
            os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as out:
            out.writelines(
                ["# Made at the first start. Whoever has these can speak as one half to the other.\n", *lines]
            )
    if path.stat().st_mode & 0o077:
        raise OpsError(f"{path} can be read by others; run: chmod 600 {path}")
    found = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, equals, value = line.partition("=")
            if not equals or not name.startswith("COUNTERSIGN_"):
                raise OpsError(f"{path}, line {number}: expected COUNTERSIGN_NAME=value")
            found[name.strip()] = value.strip()
    return found


def _plain_environment() -> Dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {"LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/"), "PYTHONUNBUFFERED": "1", **passed}


def as_json(settings: Settings, pids: Mapping[str, int]) -> str:
    """The line that tests and benches read: {url, inner, rasa, staff, home, pids}."""
    return json.dumps(
        {
            "url": settings.public,
            "inner": settings.inner,
            "rasa": settings.rasa,
            "staff": settings.staff,
            "home": str(settings.home),
            "pids": dict(pids),
        }
    )
