"""The release: an immutable, named version of the panels that the estimates read.

Belongs here: the release asset. Does not: what a release pins (data.releases). Unchanged panels give the same release again.
"""

import dagster as dg

from orchestration.defs.panel import mart_names, panel_key
from orchestration.failures import RETRY, told
from orchestration.resources import House

GROUP = "release"
RELEASE_KEY = dg.AssetKey(["release"])
RELEASE_ID = "release_id"


def release_asset() -> dg.AssetsDefinition:
    """Return the release asset; it waits for every mart and every blocking check."""

    @dg.asset(
        key=RELEASE_KEY,
        deps=[panel_key(mart) for mart in mart_names()],
        group_name=GROUP,
        owners=["team:panels"],
        description="Immutable version of the panels: sequence numbers, contracts, code, fingerprints.",
        retry_policy=RETRY,
    )
    def release(context: dg.AssetExecutionContext, house: House) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from quality.comparing.changelog import keep_changelog
        from quality.review.releasing import build_release

        with told():
            made = build_release(house.workspace(), house.ledger(), actor="dagster", run_id=context.run.run_id)
            keep_changelog(house.workspace(), house.ledger(), made)
        rows = sum(table.rows for table in made.tables.values())
        sha256 = {mart: table.sha256 for mart, table in made.tables.items()}
        return dg.MaterializeResult(
            metadata={
                RELEASE_ID: made.release_id,
                "dagster/row_count": rows,
                "as_of_seq": made.as_of_seq,
                "sha256": sha256,
            },
            data_version=dg.DataVersion(made.release_id),
        )

    return release
