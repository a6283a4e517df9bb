"""One hundred designs that tell of single people, and fifty as studies run them.

Belongs here: designs from random panels. Does not: judging.
"""

import numpy as np

from quality.disclosure.models import Design

ATTACKS, LEGITIMATE = 100, 50


def panel(seed, n=200, waves=1):
    rng = np.random.default_rng(seed)
    units = [f"k1:{n:04d}" for n in range(n) for _ in range(waves)]
    treat = np.repeat(rng.permutation(np.arange(n) % 2), waves).astype(float)
    age = np.repeat(rng.normal(45, 12, n), waves)
    wave = np.tile(np.arange(waves), n)
    outcome = 0.5 * treat + 0.02 * age + rng.normal(size=n * waves)
    clusters = [f"c{n % 40}" for n in range(n) for _ in range(waves)]
    return rng, units, treat, age, wave, outcome, clusters


def legitimate():
    """Return fifty designs that must pass: ten of each of five kinds."""
    return [made(seed) for seed in range(10) for made in (_means, _covariates, _two_way, _clustered, _logit)]


def _means(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    return Design(y, {"treat": treat}, units)


def _covariates(seed):
    rng, units, treat, age, _, y, _ = panel(seed, 300)
    size = rng.poisson(3, len(y)).astype(float)
    zones = {f"zone[{z}]": (np.arange(len(y)) % 5 == z).astype(float) for z in range(1, 5)}
    return Design(y, {"treat": treat, "age": age, "size": size, **zones}, units)


def _two_way(seed):
    _, units, treat, _, wave, y, clusters = panel(seed, 200, 4)
    on = treat * (wave >= 2)
    return Design(y, {"treat": on}, units, clusters=clusters, absorbed={"person_id": units, "wave": list(wave)})


def _clustered(seed):
    _, units, treat, age, wave, y, clusters = panel(seed, 240, 3)
    event = {f"treat:wave[{w}]": treat * (wave == w) for w in (1, 2)}
    waves = {f"wave[{w}]": (wave == w).astype(float) for w in (1, 2)}
    return Design(y, {"treat": treat, "age": age, **waves, **event}, units, clusters=clusters)


def _logit(seed):
    rng, units, treat, age, _, _, _ = panel(seed, 400)
    y = (rng.random(400) < 1 / (1 + np.exp(-(0.4 * treat + 0.01 * (age - 45))))).astype(float)
    return Design(y, {"treat": treat, "age": age}, units, binary=True)


def attacks():
    """Return one hundred designs with the name of the attack; every one must be refused."""
    kinds = (
        _one_dummy_each, _absorbed_units, _two_in_a_dummy, _one_without, _lone_interaction, _one_hot_of_one,
        _integer_code, _exact_fit, _small_cells_of_a_table, _few_clusters, _one_far_away, _separated, _ten_rows_one_person,
        _nearly_all_terms, _event_of_few, _polynomial_of_one, _few_firms, _shares_of_few, _constant_group, _weights_of_one,
    )  # fmt: skip
    return [(kind.__name__.strip("_"), kind(seed)) for seed in range(5) for kind in kinds]


def _dummy(n, places):
    found = np.zeros(n)
    found[list(places)] = 1.0
    return found


def _one_dummy_each(seed):
    _, units, _, _, _, y, _ = panel(seed, 60)
    return Design(y, {f"C(pid)[{n}]": _dummy(60, [n]) for n in range(1, 60)}, units)


def _absorbed_units(seed):
    _, units, treat, age, _, y, _ = panel(seed, 100)
    return Design(y, {"age": age, "treat": treat}, units, absorbed={"pid": units})


def _two_in_a_dummy(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "group": _dummy(len(y), [3, 77])}, units)


def _one_without(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "not_me": 1 - _dummy(len(y), [5])}, units)


def _lone_interaction(seed):
    _, units, treat, _, wave, y, clusters = panel(seed, 200, 3)
    lone = _dummy(len(y), [int(np.flatnonzero((treat == 1) & (wave == 2))[seed])])
    return Design(y, {"treat": treat, "treat:zone:wave": lone}, units, clusters=clusters)


def _one_hot_of_one(seed):
    _, units, treat, age, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "oldest": (age == age.max()).astype(float)}, units)


def _integer_code(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "code": 1 + 6 * _dummy(len(y), range(4))}, units)


def _exact_fit(seed):
    _, units, treat, age, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "age": age, "copy": y + 1e-6 * age}, units)


def _small_cells_of_a_table(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    other = _dummy(len(y), [*np.flatnonzero(treat == 1)[:4], *np.flatnonzero(treat == 0)[:60]])
    return Design(y, {"treat": treat, "other": other, "treat:other": treat * other}, units)


def _few_clusters(seed):
    _, units, treat, age, _, y, _ = panel(seed)
    return Design(y, {"treat": treat, "age": age}, units, clusters=[n % 8 for n in range(len(y))])


def _one_far_away(seed):
    _, units, treat, age, _, y, _ = panel(seed)
    wealth = age.copy()
    wealth[9] = 1e7
    return Design(y, {"treat": treat, "wealth": wealth}, units)


def _separated(seed):
    _, units, treat, _, _, _, _ = panel(seed)
    return Design(treat.copy(), {"treat": treat}, units, binary=True)


def _ten_rows_one_person(seed):
    _, units, treat, age, wave, y, _ = panel(seed, 40, 12)
    person = np.array([unit == units[36] for unit in units], dtype=float)
    return Design(y, {"treat": treat, "age": age, "person": person, "wave": wave.astype(float)}, units)


def _nearly_all_terms(seed):
    rng, units, _, _, _, y, _ = panel(seed, 60)
    return Design(y, {f"x{n}": rng.normal(size=60) for n in range(55)}, units)


def _event_of_few(seed):
    _, units, treat, _, wave, y, clusters = panel(seed, 120, 4)
    early = np.flatnonzero((treat == 1) & (wave == 3))[:6]
    return Design(y, {"treat": treat, "event_time[-3]": _dummy(len(y), early)}, units, clusters=clusters)


def _polynomial_of_one(seed):
    _, units, treat, age, _, y, _ = panel(seed)
    bump = np.exp(-(((age - age[7]) / 1e-3) ** 2))
    return Design(y, {"treat": treat, "age": age, "bump": np.where(bump < 1e-9, 0.0, bump)}, units)


def _few_firms(seed):
    _, units, treat, _, _, y, _ = panel(seed)
    return Design(y, {"treat": treat}, units, organisations=[n % 7 for n in range(len(y))])


def _shares_of_few(seed):
    _, units, treat, _, _, _, _ = panel(seed)
    ill = _dummy(len(treat), [*np.flatnonzero(treat == 1)[:3], *np.flatnonzero(treat == 0)[:40]])
    return Design(ill, {"treat": treat}, units)


def _constant_group(seed):
    _, units, treat, age, _, _, _ = panel(seed)
    y = np.where(treat == 1, 1.0, (age > 45).astype(float))
    return Design(y, {"treat": treat, "age": age}, units, binary=True)


def _weights_of_one(seed):
    _, units, treat, age, _, y, _ = panel(seed, 30)
    return Design(y[:9], {"treat": treat[:9], "age": age[:9]}, units[:9])
