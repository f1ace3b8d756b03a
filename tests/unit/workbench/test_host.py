from __future__ import annotations

from paperless_kernel.base.ids import Actor, Role
from paperless_kernel.workbench.guard import identity_headers
from paperless_kernel.workbench.host import read_visit


def test_a_visit_says_what_the_login_said() -> None:
    who = Actor(id="u", roles=frozenset({Role.SALES}), name="김 영업")
    environment = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in identity_headers(who).items()
    }

    visit = read_visit(environment | {"QUERY_STRING": "lang=en&x=1"})

    assert visit.who.name == "김 영업"
    assert visit.who.roles == ("sales",)
    assert visit.lang == "en"


def test_a_plain_notebook_has_nobody_and_korean() -> None:
    visit = read_visit({})

    assert visit.who.name == ""
    assert visit.who.roles == ()
    assert (visit.lang, visit.base_url) == ("ko", "/")
