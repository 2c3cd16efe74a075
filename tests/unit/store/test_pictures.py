from pathlib import Path

import pytest

from countersign.portal.pages import FOLDER
from countersign.store.pictures import picture_of
from tests.unit.store.shops import SHOPS


@pytest.mark.parametrize("shop", list(SHOPS))
def test_every_product_has_a_picture_that_is_served(shop: str) -> None:
    pictures = {picture_of(product.name, product.category) for product in SHOPS[shop]()}
    assert len(pictures) > 20
    for picture in pictures:
        assert (FOLDER / Path(picture).relative_to("/")).is_file(), picture


@pytest.mark.parametrize(
    ("texts", "picture"),
    [
        (("Alder Desk Lamp", "Lighting"), "lamp"),
        (("Something", "Kitchen"), "kettle"),
        (("Something", None), "parcel"),
        ((), "parcel"),
    ],
)
def test_the_name_comes_before_the_department(texts: tuple[str | None, ...], picture: str) -> None:
    assert picture_of(*texts) == f"/static/pictures/{picture}.svg"
