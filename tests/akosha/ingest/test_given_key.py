"""A vault's key that is given to the hub for one run: it opens the vault, and is written nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.akosha.ingest import VaultKeys
from core.akosha.settings import HubSettingsError, load
from tests.akosha.ingest.test_encrypted import sealed
from tests.restore.uploader import MASTER_KEY, VAULT_ID


@pytest.mark.asyncio
async def test_a_key_of_the_environment_opens_its_vault_and_is_kept_nowhere(cloud: Path, tmp_path: Path) -> None:
    laptop = await sealed(cloud)
    settings = load({"AKOSHA_VAULT_KEY": f"{VAULT_ID}:{MASTER_KEY.hex()}"})
    assert MASTER_KEY.hex() not in repr(settings)
    data = tmp_path / "hub"
    data.mkdir()
    keys = VaultKeys(data, None, settings.vault_keys())
    assert keys.has(VAULT_ID)
    assert await keys.sealer_for(VAULT_ID, laptop.remote.store) is not None
    assert await keys.sealer_for("0" * 32, laptop.remote.store) is None
    assert list(data.iterdir()) == []


def test_a_key_that_is_none_keeps_the_hub_from_starting() -> None:
    with pytest.raises(HubSettingsError) as caught:
        load({"AKOSHA_VAULT_KEY": "not-a-key"})
    assert [problem.field for problem in caught.value.problems] == ["vault_key"]
    assert "not-a-key" not in str(caught.value)
