"""The figures that the twins must give; the slides that print them in brackets.

BIOS 526, module 2, Benjamin Risk. The values are those figures recomputed to full precision on the
course's data by an independent implementation, with a few that no slide prints: the pigs' spread of
slopes, a covariance, and the variances behind the likelihoods that slide 68 compares. Beside them the
generator knows a few counts.
"""

from __future__ import annotations

from dataclasses import dataclass

# Pigs: pooled and stratified [8], random intercept [17]; random slope as recomputed for the same data.
# Each figure with the decimals to which it must be met.
PIGS = {
    "pooled intercept": (19.355613425925895, 5),
    "pooled slope": (6.2098958333333334, 5),
    "pooled sigma": (4.3920453372311306, 7),
    "stratified sigma": (2.0963561101934931, 7),
    "pig 1": (17.617187500000114, 6),
    "pig 2": (20.28385416666681, 6),
    "pig 48": (25.672743055555568, 6),
    "scaled residual minimum": (-3.7390221012055354, 4),
    "scaled residual first quartile": (-0.54562381347788846, 4),
    "scaled residual median": (0.018352075629845931, 4),
    "scaled residual third quartile": (0.512212003021472, 4),
    "scaled residual maximum": (3.9313378317210894, 4),
    "random slope level sd": (2.643192, 4),
    "random slope slope sd": (0.6164368, 5),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixed:
    """One mixed model's figures: ``Psi`` (q, q), ``sigma2``, ``beta`` and its standard errors ``se``.

    ``shift`` is what the last column does to the other coefficients, a unit of its own coefficient, where
    the model is another one with that column more. ``near`` is how near a standard error must come, in
    proportion. ``without`` are the ids left out. Where ``sigma2_follows`` from the other figures, asking
    for it too would ask for a difference far below its digits. Of a model by maximum likelihood (not
    ``reml``) only the ``criterion`` is asked, at these variances; the other such model's follows.
    """

    fixed: tuple[str, ...]
    random: tuple[str, ...] = ("one",)
    Psi: tuple[tuple[float, ...], ...]
    sigma2: float
    beta: tuple[float, ...] = ()
    se: tuple[float, ...] = ()
    near: float = 2e-7
    shift: tuple[float, ...] = ()
    criterion: float | None = None
    reml: bool = True
    without: tuple[int, ...] = ()
    sigma2_follows: bool = False


_LINE = ("one", "ageC")

# Nepal: random intercept [18] and with literacy [22]; random slope [65], by maximum likelihood [68] and
# without two children [73].
MIXED = (
    Mixed(
        fixed=("one", "age"),
        Psi=((0.78073318851206686,),),
        sigma2=0.2480672013401751,
        beta=(12.753789123737421, 0.031696633810967545),
        se=(0.10966845519849569, 0.002357024749273576),
    ),
    Mixed(
        fixed=("one", "age", "lit"),
        Psi=((0.74711505003105827,),),
        sigma2=0.2482369243279953,
        beta=(12.710554806475193, 0.031789198704092969, 0.93024473454279855),
        se=(0.10930609339394227, 0.0023377611170406565, 0.31630934468670774),
        near=3e-5,
        sigma2_follows=True,
        shift=(-0.04647628, 0.0000995060),
    ),
    Mixed(
        fixed=_LINE,
        random=_LINE,
        Psi=((0.7193780396524, 0.001590297103524349), (0.001590297103524349, 0.0004357119743593)),
        sigma2=0.226574640479,
        beta=(13.943962374554646, 0.032526982193309219),
        se=(0.06667743633934309, 0.0027535240375),
    ),
    Mixed(
        fixed=_LINE,
        random=_LINE,
        Psi=((0.714084240476061, 0.0015216880314857), (0.0015216880314857, 0.0004239952416934)),
        sigma2=0.2268208569528055,
        criterion=1790.57934,  # the twin's own optimum lies 0.0003 below, at 1790.5790 as the course's
        reml=False,
    ),
    Mixed(
        fixed=_LINE,
        random=_LINE,
        Psi=((0.6672446425819938, 0.0017396138946034), (0.0017396138946034, 0.0002980609573443)),
        sigma2=0.2213373257695234,
        beta=(13.949133243060539, 0.031181811624917167),
        se=(0.063887956835757209, 0.0025813842170868007),
        without=(57, 105),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordinary:
    """The two models without random effects [12]: a line for all, and one slope with each child's intercept.

    ``children`` are four ids' intercepts; ``first_se`` the standard error of the first, ``difference_se``
    of the others' differences from it.
    """

    beta: tuple[float, float]
    se: tuple[float, float]
    sigma: float
    own_slope: float
    own_slope_se: float
    own_sigma: float
    children: dict[int, float]
    first_se: float
    difference_se: tuple[float, ...]


ORDINARY = Ordinary(
    beta=(12.838182399570503, 0.029788938967456179),
    se=(0.075987400830744, 0.001798420772693976),
    sigma=0.98491048113371071,
    own_slope=0.031353589137826515,
    own_slope_se=0.003072586914830103,
    own_sigma=0.49715320320824719,
    children={
        1: 12.626381310522039,
        2: 12.349723884316906,
        199: 13.576823242036402,
        200: 10.514019368363664,
    },
    first_se=0.2874803,  # 0.28748049 leaves ages of four decimals no room below 0.2874805
    difference_se=(0.35496125994184463, 0.34472764934240374, 0.36462073165700604),
)
