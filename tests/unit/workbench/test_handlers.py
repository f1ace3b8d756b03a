from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from tornado.web import HTTPError

from paperless_kernel.workbench.guard import Owners
from paperless_kernel.workbench.handlers import (
    KernelGuard,
    OwnedKernels,
    TemplateFiles,
    is_template_file,
)


class Kernels:
    """Hands out kernels as Voila's manager does: warm ones, and cold ones."""

    notebook_data = {"home.ipynb": {}}  # noqa: RUF012

    async def get_rendered_notebook(self, notebook_name: str) -> tuple[str, str, str]:
        return "task", notebook_name, "warm"

    def start_kernel(self, *, path: str) -> str:
        return f"cold{path}"


def may(owners: Owners, user: str, kernel: str, resource: str = "kernels") -> bool:
    guard = KernelGuard(owners=owners)
    handler = SimpleNamespace(path_kwargs={"kernel_id": kernel})
    return guard.is_authorized(
        handler, SimpleNamespace(username=user), "write", resource
    )


def test_a_kernel_is_its_visitor_s_before_the_page_is_sent() -> None:
    owners = Owners()
    kernels = OwnedKernels(Kernels(), owners, "u-1")

    rendered = asyncio.run(kernels.get_rendered_notebook("home.ipynb"))
    assert rendered == ("task", "home.ipynb", "warm")
    assert asyncio.run(kernels.start_kernel(path="/x")) == "cold/x"
    assert kernels.notebook_data == Kernels.notebook_data
    for kernel in ("warm", "cold/x"):
        assert may(owners, "u-1", kernel)
        assert not may(owners, "u-2", kernel)


def test_knowing_a_kernel_s_id_gives_nothing() -> None:
    owners = Owners()

    assert not may(owners, "u-1", "still in the pool")
    assert not may(owners, "u-1", "")
    owners.claim("k", "u-1")
    assert may(owners, "u-1", "k")
    assert not may(owners, "u-1", "k", resource="contents")


def test_template_files_are_found() -> None:
    assert is_template_file("paperless/static/page.css")
    assert is_template_file("paperless/static/fonts/a.woff2")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "..",
        "../",
        "../../../etc/passwd",
        "paperless",
        "paperless/static",
        "paperless/static/",
        "paperless/static/../../conf.json",
        "paperless/static/./x",
        "paperless/static//x",
        "paperless/static/x\0",
        "paperless/static/..\\x",
        "paperless/index.html.j2",
        "nothing/static/x",
        "lab/static/x",
    ],
)
def test_anything_else_of_a_template_is_not_there(path: str) -> None:
    handler = TemplateFiles.__new__(TemplateFiles)

    assert not is_template_file(path)
    with pytest.raises(HTTPError) as caught:
        handler.parse_url_path(path)
    assert caught.value.status_code == 404
