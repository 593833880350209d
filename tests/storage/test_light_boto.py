"""botocore without its documentation: quick to import, whole for everybody else."""

from __future__ import annotations

import subprocess
import sys


def _run(code: str) -> str:
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_client_is_imported_without_what_writes_documentation() -> None:
    assert (
        _run("import sys, core.storage.s3_client; print([n for n in sys.modules if '3.docs' in n or 'core.docs' in n])")
        == "[]"
    )


def test_whoever_wants_the_documentation_can_still_import_it() -> None:
    code = "import core.storage.s3_client, botocore.docs.utils as u; print(u.AutoPopulatedParam.__module__)"
    assert _run(code) == "botocore.docs.utils"


def test_a_botocore_that_is_loaded_already_is_left_alone() -> None:
    code = (
        "import botocore.docs.docstring as d, core.storage.s3_client, botocore.client as c;"
        "print(c.ClientMethodDocstring is d.ClientMethodDocstring)"
    )
    assert _run(code) == "True"
