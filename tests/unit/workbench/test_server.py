from __future__ import annotations

import errno

import pytest

from paperless_kernel.base.errors import BusyError, InputError
from paperless_kernel.workbench import server
from paperless_kernel.workbench.server import bind, voila_config


def failing(number: int) -> object:
    def create_server(*_: object, **__: object) -> object:
        raise OSError(number, "refused by the test")

    return create_server


def test_a_busy_port_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.socket, "create_server", failing(errno.EADDRINUSE))

    with pytest.raises(BusyError, match="port 8866 on 127") as caught:
        bind("127.0.0.1", 8866)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EADDRNOTAVAIL])
def test_an_impossible_address_is_an_input_error(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.socket, "create_server", failing(number))

    with pytest.raises(InputError, match="cannot listen on 192"):
        bind("192.0.2.1", 80)


def test_voila_is_told_to_close_its_holes(tmp_path: object) -> None:
    config = voila_config(tmp_path, b"s" * 32)  # type: ignore[arg-type]

    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.VoilaConfiguration.file_allowlist == []
    assert config.VoilaConfiguration.preheat_kernel is True
    assert config.VoilaConfiguration.strip_sources is True
    assert config.KernelManager.transport == "ipc"
    assert config.MappingKernelManager.buffer_offline_messages is False
    assert config.Voila.tornado_settings["xsrf_cookies"] is True
