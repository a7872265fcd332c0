"""Try every hostile file in a process of its own and write ``docs/hostile-files.md``: ``python docs/hostile.py``."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cae_core.own.limits import LIMITS  # noqa: E402
from tests.cae_core.own.hostile import HOSTILE  # noqa: E402
from tests.cae_core.own.measured import PROGRAM  # noqa: E402

HEAD = """# Hostile files

Made by `python docs/hostile.py`: each file below was inspected and prepared in a process of its own. Memory is the peak
above what the process held after its imports; the bound is {bound} MB. A file without an error was used as it
stands: the sentence is the last one on what was done.

| file | size | what is wrong | the sentence it got | time | peak memory |
|---|--:|---|---|--:|--:|
"""


def main() -> int:
    """Write the table; fail where a file broke the bound."""
    lines, worst = [], 0.0
    with tempfile.TemporaryDirectory() as folder:
        for hostile in HOSTILE:
            path = Path(folder) / hostile.name
            path.write_bytes(hostile.make())
            size = path.stat().st_size
            run = subprocess.run(
                [sys.executable, "-c", PROGRAM, str(path)],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(run.stdout)
            worst = max(worst, found["memory"])
            said = found["said"].replace("|", "\\|")
            lines.append(
                f"| {hostile.name} | {size / 1e6:.3f} MB | {hostile.wrong} | {said} "
                f"| {found['seconds']:.1f} s | {found['memory'] / 2**20:.0f} MB |\n"
            )
            path.unlink()
            print(lines[-1], end="", flush=True)
    text = HEAD.format(bound=LIMITS.memory_bytes // 2**20) + "".join(lines)
    (ROOT / "docs" / "hostile-files.md").write_text(text, encoding="utf-8")
    return int(worst > LIMITS.memory_bytes)


if __name__ == "__main__":
    sys.exit(main())
