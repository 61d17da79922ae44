"""The items of the checklist: what each asks for, and the words by which it is recognised on the page.

Merged from LEVEL (Monsalves et al. 2020, BMC Med. Res. Methodol. 20:3), Meteyard and Davies 2020 (J. Mem. Lang.
112:104092), Casals et al. 2014 (PLoS ONE 9:e112653), Luo et al. 2021 (Rev. Educ. Res. 91:311) and SAMPL (Lang and
Altman 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lmm.report.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of an item: ``name`` for where it is missing, ``words`` (a regular expression) that show it is there."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item ``asks`` for something: ``parts`` on the page, and a ``setting`` under ``design`` that only people know.

    ``idle`` gives the reason for which a study has no need of it, or nothing.
    """

    asks: str
    parts: tuple[Part, ...] = ()
    setting: str = ""
    idle: Callable[[Reading], str] = lambda _: ""


def _without_time(reading: Reading) -> str:
    return "" if reading.slope else "the study has no time"


def _one_model(reading: Reading) -> str:
    return "" if reading.has("random_slope") else "there is one mixed model only"


def _complete(reading: Reading) -> str:
    is_whole = reading.at("/data/rows_dropped") == 0 and len(reading.at("/data/group_sizes")) == 1
    return "no row was left out, and all groups were measured equally often" if is_whole else ""


ITEMS = (
    Item(
        asks="That the data have levels, which they are, and what may differ between groups",
        parts=(
            Part(name="the levels", words=r"Diagram of (two|three|crossed) levels"),
            Part(name="what differs", words=r"Model used for the answers|the model used"),
        ),
    ),
    Item(
        asks="Why levels matter here: how alike measurements of one group are",
        parts=(Part(name="the shared variation", words=r"Intraclass correlation"),),
    ),
    Item(
        asks="The level at which each variable varies",
        parts=(Part(name="the level of variables", words=r"within and between|between .+ only"),),
    ),
    Item(
        asks="A diagram of the levels",
        parts=(Part(name="the diagram", words=r"panel:levels"),),
    ),
    Item(
        asks="How many units there are at each level, how many measurements a group has, how units were chosen",
        parts=(Part(name="the counts", words=r"\d+ measurements of \d+"),),
        setting="selection",
    ),
    Item(
        asks="How long groups were followed",
        parts=(
            Part(name="the span of time", words=r"\btime within and between|\btime between"),
            Part(name="the visits", words=r"panel:levels"),
        ),
        idle=_without_time,
    ),
    Item(
        asks="What is missing, at which step rows were lost, why, and which codes were read as missing",
        parts=(
            Part(name="the account of rows", words=r"The file holds"),
            Part(name="undeclared codes", words=r"Codes for “missing”"),
            Part(name="dropping out", words=r"Dropping out"),
        ),
        setting="missingness",
        idle=_complete,
    ),
    Item(
        asks="What lies far out, and how it was treated",
        parts=(
            Part(name="far measurements", words=r"Measurements far out"),
            Part(name="influence", words=r"panel:cook|each is needed"),
        ),
    ),
    Item(
        asks="How variables enter: transformed, centred, coded",
        parts=(Part(name="the variables", words=r"The variables that the models use"),),
    ),
    Item(
        asks="The model as an equation with its levels and distributions",
        parts=(Part(name="the equation", words=r"y i j equals"),),
    ),
    Item(
        asks="The covariance of random effects and of errors",
        parts=(
            Part(name="random effects", words=r"theta 0 i.+normal with mean 0"),
            Part(name="errors", words=r"epsilon i j is normal"),
        ),
    ),
    Item(
        asks="How the size of the study was reasoned, with the intraclass correlation used",
        parts=(
            Part(
                name="the smallest change it could have shown", words=r"could have shown|detectable"
            ),
        ),
    ),
    Item(
        asks="How the models were fitted, whether the search ended, and what was done if not",
        parts=(
            Part(name="the method", words=r"\bREML\b"),
            Part(name="the search", words=r"Search for the best fit"),
        ),
    ),
    Item(
        asks="Software, versions and seed",
        parts=(
            Part(name="versions", words=r"Fitted with"),
            Part(name="the seed", words=r"Random seed"),
        ),
    ),
    Item(
        asks="How intervals, p-values and degrees of freedom were made",
        parts=(
            Part(name="the methods", words=r"degrees of freedom in the mixed models|t intervals"),
        ),
    ),
    Item(
        asks="The rule by which the model was chosen, and among which",
        parts=(Part(name="the rule", words=r"is used where"),),
        idle=_one_model,
    ),
    Item(
        asks="The model without explanatory variables and how it divides the variation",
        parts=(
            Part(name="that model", words=r"[Nn]ull model|[Ww]ithout (covariates|explanatory)"),
        ),
    ),
    Item(
        asks="Fixed effects: estimate, standard error, interval, degrees of freedom, p; what the level means",
        parts=(
            Part(name="estimates", words=r"The average line"),
            Part(name="standard errors", words=r"[Ss]tandard error"),
            Part(name="degrees of freedom and p", words=r"Degrees of freedom"),
        ),
    ),
    Item(
        asks="Random effects: spreads and correlations with intervals",
        parts=(Part(name="the spreads", words=r"differ \(standard deviations\)"),),
    ),
    Item(
        asks="The intraclass correlation with its interval",
        parts=(Part(name="the correlation", words=r"Intraclass correlation"),),
    ),
    Item(
        asks="How well models fit: log-likelihood, AIC and BIC, tests with their reference",
        parts=(
            Part(name="criteria", words=r"AIC and BIC are better"),
            Part(name="tests", words=r"mixture of χ²"),
        ),
        idle=_one_model,
    ),
    Item(
        asks="How much of the variation is explained",
        parts=(Part(name="R²", words=r"R²|variation explained"),),
    ),
    Item(
        asks="Sizes of effects, in the unit of the outcome and standardised",
        parts=(
            Part(name="in the outcome’s unit", words=r"average change|The average line"),
            Part(name="standardised", words=r"[Ss]tandardi[sz]ed"),
        ),
    ),
    Item(
        asks="Which assumptions were checked: residuals, each random effect, straight lines, scatter, neighbours",
        parts=(
            Part(name="verdicts", words=r"What was checked"),
            Part(name="pictures", words=r"panel:normal-0"),
        ),
    ),
    Item(
        asks="Whether other structures, other standard errors or single groups would change the answer",
        parts=(
            Part(name="influential groups", words=r"panel:left-out|each is needed"),
            Part(
                name="other structures",
                words=r"with and without serial correlation|one mixed model",
            ),
            Part(name="robust standard errors", words=r"[Rr]obust"),
        ),
    ),
    Item(
        asks="Pictures of the measurements, of the model with its ranges, and of the groups",
        parts=(
            Part(name="measurements", words=r"panel:data"),
            Part(name="ranges", words=r"panel:fan"),
            Part(name="groups", words=r"panel:dumbbell"),
        ),
        idle=_without_time,
    ),
    Item(
        asks="What is said of change within groups, and what of differences between them",
        parts=(Part(name="the distinction", words=r"can tell nothing of change within"),),
    ),
    Item(asks="What the results may not be carried over to", setting="limits"),
    Item(
        asks="Where data and code are, and how to make the report again",
        parts=(
            Part(name="the data", words=r"SHA-256"),
            Part(name="the command", words=r"Command"),
        ),
    ),
    Item(asks="The smallest difference that matters", setting="smallest_difference"),
)
