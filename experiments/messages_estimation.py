"""What estimators of regressions, durations, bounds and mechanisms refuse and warn about: code → bilingual text.

Belongs here: the sentences of these methods. Does not: those of specs and samples (messages, which looks here too).
"""

from __future__ import annotations

from data.messages import Text

REFUSALS: dict[str, Text] = {
    "E-SPEC-13": Text(
        en="inference.method {method} of {estimator} needs one cluster variable: name it in cluster.",
        zh="{estimator} 的推断方法 {method} 需要一个聚类变量：请在 cluster 中指定。",
    ),
    "E-EST-15": Text(
        en="{n} periods do not carry a HAC variance with {lags} lags. Take fewer lags.",
        zh="{n} 个时期不足以估计滞后 {lags} 期的 HAC 方差。请减少滞后期数。",
    ),
    "E-EST-16": Text(
        en="random_effects needs exactly one entry in fixed_effects, no weights, and more units than columns (found {n}).",
        zh="random_effects 要求 fixed_effects 恰有一项、没有权重，且单位数多于列数（现有 {n}）。",
    ),
    "E-RI-01": Text(
        en="{n} of {total} units of {column} have rows in both arms or in two blocks: they cannot be what was randomised.",
        zh="{column} 的 {total} 个单位中有 {n} 个的行同时出现在两组或两个区组：它们不可能是随机化单位。",
    ),
    "E-RI-02": Text(
        en="No block has units of {column} in both arms, so another draw could not have been different.",
        zh="没有任何区组同时含有两组的 {column} 单位，重新抽取也不会有不同的结果。",
    ),
}

WARNINGS: dict[str, Text] = {
    "W-EST-04": Text(
        en="The Satterthwaite degrees of freedom fall to {df:.1f} in {column}: below 4 the t approximation is poor. Read a wild "
        "bootstrap or randomisation inference beside it.",
        zh="{column} 的 Satterthwaite 自由度低至 {df:.1f}：低于 4 时 t 近似不可靠，请同时查看 wild bootstrap 或随机化推断。",
    ),
}
