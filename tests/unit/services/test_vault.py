"""The first key of a data folder, made by whoever comes first."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from console.services.vault import Vault


def test_threads_that_need_the_first_key_at_once_get_the_same(tmp_path: Path) -> None:
    for number in range(20):
        vaults = [Vault(tmp_path / str(number) / "key") for _ in range(4)]
        start = threading.Barrier(len(vaults))

        def seal(vault: Vault, start: threading.Barrier = start) -> str:
            start.wait(10)
            return vault.seal("secret", "camera")

        with ThreadPoolExecutor(len(vaults)) as pool:
            sealed = list(pool.map(seal, vaults))
        fresh = Vault(tmp_path / str(number) / "key")
        assert [fresh.open(one, "camera") for one in sealed] == ["secret"] * len(vaults)
