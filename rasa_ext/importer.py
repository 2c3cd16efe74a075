"""One domain out of `domain.yml` and each skill's part of it, `data/<skill>/domain.yml` beside it."""

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.io import read_yaml_file

from rasa_ext.errors import NameDeclaredTwiceError

_NAMED = ("actions", "entities", "forms", "intents", "responses", "slots")


class SkillImporter(RasaFileImporter):
    def get_domain(self) -> Domain:
        """The merged domain. Raises NameDeclaredTwiceError, where Rasa would let one of the two win."""
        if not self._domain_path or not Path(self._domain_path).is_file():
            return super().get_domain()
        skills = Path(self._domain_path).parent / "data"
        parts = [Path(self._domain_path), *sorted(skills.glob("*/domain.yml"))]
        declared: dict[tuple[str, str], Path] = {}
        for file in [*parts, *sorted(skills.glob("*/responses.yml"))]:
            for kind, name in _names(file):
                if (other := declared.setdefault((kind, name), file)) is not file:
                    raise NameDeclaredTwiceError(f"{kind}: {name} is declared in both {other} and {file}")
        return Domain.load(parts)


def _names(file: Path) -> set[tuple[str, str]]:
    content = read_yaml_file(file) or {}
    entries = [(kind, entry) for kind in _NAMED for entry in content.get(kind) or ()]
    return {(kind, next(iter(entry)) if isinstance(entry, dict) else entry) for kind, entry in entries}
