"""One domain out of `domain.yml` and each skill's part of it, `data/<skill>/domain.yml` beside it."""

from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.io import read_yaml_file

from rasa_ext.errors import RefusedError


class SkillImporter(RasaFileImporter):
    _merged: Domain | None = None

    def get_domain(self) -> Domain:
        """The merged domain. Raises RefusedError for a name declared twice: Rasa would let one win."""
        # Rasa asks several times a training, and reading YAML is most of one.
        if self._merged is None:
            self._merged = self._merge()
        return self._merged

    def _merge(self) -> Domain:
        main = Path(self._domain_path or "domain.yml")
        parts = [main, *sorted(main.parent.glob("data/*/domain.yml"))]
        declared: dict[tuple[str, str], Path] = {}
        for file in [*parts, *sorted(main.parent.glob("data/*/responses.yml"))]:
            content = read_yaml_file(file)
            for kind in ("actions", "entities", "forms", "intents", "responses", "slots"):
                for entry in content.get(kind) or ():
                    name = next(iter(entry)) if isinstance(entry, dict) else entry
                    if (other := declared.setdefault((kind, name), file)) is not file:
                        raise RefusedError(f"{kind}: {name} is declared in both {other} and {file}")
        return Domain.load(parts)
