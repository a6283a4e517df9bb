"""Partitions of raw tables: pilot zone × wave."""

import dagster as dg

from data.reference import PROGRAMME, zones
from orchestration.partitions import WAVE_DIMENSION, ZONE_DIMENSION, partition_of, zone_waves


def test_every_pilot_zone_and_the_programme_is_a_partition():
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(WAVE_DIMENSION, ["W1"])
        keys = zone_waves().get_partition_keys(dynamic_partitions_store=instance)
    assert {key.keys_by_dimension[ZONE_DIMENSION] for key in keys} == {*zones(), PROGRAMME}


def test_a_file_without_a_wave_belongs_to_u():
    assert partition_of("deqing", None) == partition_of("deqing", "U")


def test_a_key_survives_its_text():
    key = partition_of("programme", "2026Q1")
    assert zone_waves().get_partition_key_from_str(str(key)) == key
