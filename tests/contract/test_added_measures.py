"""A measure that is declared is answered, without a change anywhere else."""

import json
import subprocess
import sys
from pathlib import Path

from dataset.declarations.aggregates import MEASURES

ADDED = """
import sys
from dataset.declarations.aggregates import MEASURES, Measure
MEASURES["added"] = Measure("The same sum once more", "goldstein")
from api import create_app
from api.settings import Settings
client = create_app(Settings(database=sys.argv[1])).test_client()
query = "by=actor_country,day,dataset&fill=zero&date_from=2024-04-01&date_to=2024-04-30"
print(client.get(f"/v1/aggregates?{query}&measures={','.join(MEASURES)}").text)
"""


def test_a_measure_that_is_added_is_answered(rich_store: Path) -> None:
    command = [sys.executable, "-c", ADDED, str(rich_store)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    groups = json.loads(answer)["data"]
    assert all(list(group)[3:] == [*MEASURES, "added"] for group in groups)
    assert all(group["added"] == group["goldstein_sum"] for group in groups)
    assert any(group["added"] for group in groups)
