"""`zonelab concordance list | show | check`."""

from data.concordance import concordance_names
from data.concordance.load import FOLDER


def test_list_names_every_concordance_with_its_breaks(zonelab):
    found = {each["name"]: each for each in zonelab("concordance", "list", "--json").document}
    assert sorted(found) == concordance_names()
    assert found["city_populations"]["breaks"] == 2
    assert "population_10k" in found["city_populations"]["variables"]


def test_show_tells_the_break_in_the_language_asked_for(zonelab):
    english, chinese = (zonelab("concordance", "show", "city_populations", "--lang", lang).out for lang in ("en", "zh"))
    assert "Break at 2014" in english
    assert "1986..2013" in english
    assert "断点 2014" in chinese


def test_the_shipped_concordances_fit(zonelab):
    run = zonelab("concordance", "check", "--json")
    assert (run.code, run.document["ok"], run.document["checked"]) == (0, True, concordance_names())


def test_a_file_that_does_not_fit_says_what_to_do_and_fails(zonelab, tmp_path):
    text = (FOLDER / "city_populations.yml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yml"
    path.write_text(text.replace("waves: [2014..2019], ", "waves: [2014..2018], "), encoding="utf-8")
    run = zonelab("concordance", "check", path, "--json")
    (told,) = run.document["findings"]
    assert (run.code, told["code"]) == (1, "C-WAVE")
    assert "waves 2019" in told["text"]["en"]
    assert "2019" in told["text"]["zh"]


def test_an_unknown_name_and_a_broken_file_are_told_apart(zonelab, tmp_path):
    assert zonelab("concordance", "show", "nothing_of_the_kind").code == 4
    broken = tmp_path / "broken.yml"
    broken.write_text("name: x\nname: y\n", encoding="utf-8")
    run = zonelab("concordance", "check", broken)
    assert run.code == 1
    assert "E-CONC-02" in run.err
