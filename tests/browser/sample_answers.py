"""The sample’s first sections: what was found."""

from __future__ import annotations

from lmm.report.page import (
    Column,
    Equation,
    Figure,
    Fold,
    KeyFigure,
    KeyFigures,
    Panel,
    Paragraph,
    Question,
    Questions,
    Section,
    Table,
    TableRow,
)

from .sample_blocks import HOSTILE, row, table_of_words
from .sample_drawings import intervals, shares, trajectories

_MATHML = (
    '<math display="block"><mrow><msub><mi>y</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mo>=</mo>'
    "<mrow><mo>(</mo><msub><mi>β</mi><mn>0</mn></msub><mo>+</mo><msub><mi>b</mi><mrow><mn>0</mn><mi>i</mi>"
    "</mrow></msub><mo>)</mo></mrow><mo>+</mo><mrow><mo>(</mo><msub><mi>β</mi><mn>1</mn></msub><mo>+</mo>"
    "<msub><mi>b</mi><mrow><mn>1</mn><mi>i</mi></mrow></msub><mo>)</mo></mrow><msub><mi>x</mi><mrow><mi>i</mi>"
    "<mi>j</mi></mrow></msub><mo>+</mo><msub><mi>ε</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mrow></math>"
)
_MATRIX = (
    '<math display="block"><mrow><mrow><mo>(</mo><mtable><mtr><mtd><msub><mi>b</mi><mrow><mn>0</mn><mi>i</mi>'
    "</mrow></msub></mtd></mtr><mtr><mtd><msub><mi>b</mi><mrow><mn>1</mn><mi>i</mi></mrow></msub></mtd></mtr>"
    "</mtable><mo>)</mo></mrow><mo>∼</mo><mi>N</mi><mrow><mo>(</mo><mn>0</mn><mo>,</mo><mrow><mo>(</mo><mtable>"
    "<mtr><mtd><msubsup><mi>τ</mi><mn>1</mn><mn>2</mn></msubsup></mtd><mtd><mrow><mi>ρ</mi><msub><mi>τ</mi>"
    "<mn>1</mn></msub><msub><mi>τ</mi><mn>2</mn></msub></mrow></mtd></mtr><mtr><mtd><mrow><mi>ρ</mi><msub>"
    "<mi>τ</mi><mn>1</mn></msub><msub><mi>τ</mi><mn>2</mn></msub></mrow></mtd><mtd><msubsup><mi>τ</mi><mn>2</mn>"
    "<mn>2</mn></msubsup></mtd></mtr></mtable><mo>)</mo></mrow><mo>)</mo></mrow></mrow></math>"
)


def answer_section(visits: list, singular: str) -> Section:
    extreme = {13: "high", 56: "low", 104: "low"} if len(visits) > 104 else {0: "high", 1: "low"}
    figure = Figure(
        id="overview",
        number=1,
        panels=(
            Panel(
                id="data",
                heading="The measurements",
                svg=trajectories(visits, extreme, singular),
                alt=f"Line chart of arm circumference by age, one line for each {singular}; most lines rise, "
                "from about 12 cm in the first year to 15 cm at six years.",
            ),
            Panel(
                id="fit",
                heading="What the model sees: one straight line each",
                svg=trajectories(visits, {}, singular),
                alt="Line chart of the fitted lines by age; the average rises by 0.39 cm a year, 95% of "
                "the lines lie within 1.7 cm of it.",
            ),
        ),
        lead="Arms grow by 0.39 cm a year; children start far apart and stay apart.",
        caption="Left: one grey line for each child. Right: the model’s lines over each child’s own ages; "
        "the thick line is the average child.",
    )
    return Section(
        id="answer",
        heading="In short",
        finding="An average child’s arm grows 0.39 cm a year. Children differ: the middle 95% of them grow "
        "between −0.1 and 0.9 cm a year.",
        blocks=(
            KeyFigures(
                items=(
                    KeyFigure(
                        value="0.39",
                        unit="cm a year",
                        label="average growth",
                        certainty="95% interval 0.32 to 0.46",
                    ),
                    KeyFigure(
                        value="13.9",
                        unit="cm",
                        label="average at age 3",
                        certainty="95% interval 13.8 to 14.1",
                    ),
                    KeyFigure(
                        value="12.3–15.6",
                        unit="cm",
                        label="where 95% of children are at age 3",
                        certainty="standard deviation 0.85 cm (0.75 to 0.96)",
                    ),
                    KeyFigure(
                        value="76",
                        unit="%",
                        label="of the variation is lasting difference between children",
                        certainty="intraclass correlation 0.76",
                    ),
                )
            ),
            figure,
            Questions(
                heading="Questions and answers",
                items=(
                    Question(
                        question="What is the overall trend?",
                        answer="Up, by 0.0325 cm a month (95% interval 0.0271 to 0.0380).",
                        link="models",
                        link_text="Four models",
                    ),
                    Question(
                        question="Do children grow at different rates?",
                        answer="Yes. The spread of the slopes (standard deviation 0.021 cm a month) is more "
                        "than measurement error can explain (p = 0.0012).",
                        link="comparison",
                        link_text="Tests",
                    ),
                    Question(
                        question="How far is one child’s own result adjusted?",
                        answer="By 6% of its distance from the average after five visits, by 24% after one.",
                        link="shrinkage",
                        link_text="Shrinkage",
                    ),
                    Question(
                        question="What will a new child do?",
                        answer="Its line is forecast with a 95% range, in the fan chart and its table.",
                        link="differences",
                        link_text="Forecast",
                    ),
                ),
            ),
        ),
    )


def data_section() -> Section:
    return Section(
        id="data",
        heading="What was measured",
        finding="882 measurements of 197 children; 140 were seen all five times, 7 only once.",
        blocks=(
            Paragraph(
                text="The file holds 1000 rows for 200 children. In 118 rows the arm circumference is missing "
                "(88.8 and 99.9 are codes for “missing”), which leaves 197 children. Rows are taken as "
                "missing at random.",
            ),
            table_of_words(
                "exclusions",
                1,
                "Rows that were left out",
                ("Step", "Rows", "Why"),
                (
                    ("Read", "1000", "The whole file"),
                    ("Arm missing", "−118", f"Codes 88.8 and 99.9; {HOSTILE}"),
                    ("Used", "882", "All that remain"),
                ),
            ),
        ),
    )


def models_section() -> Section:
    heads = ("", "Pooled", "Stratified", "Random intercept", "Random slope")
    columns = tuple(
        Column(
            text=text,
            under="used here" if text == "Random slope" else "",
            marked=text == "Random slope",
            numeric=bool(text),
        )
        for text in heads
    )
    rows = (
        TableRow(group="The average line"),
        row(
            "Level at age 3, cm",
            ("13.91", "13.85 to 13.98"),
            ("197 levels", ""),
            ("13.89", "13.77 to 14.02"),
            ("13.94", "13.81 to 14.08"),
        ),
        row(
            "Slope, cm a month",
            ("0.0298", "0.0263 to 0.0333"),
            ("0.0314", "0.0253 to 0.0374"),
            ("0.0317", "0.0271 to 0.0363"),
            ("0.0325", "0.0271 to 0.0380"),
        ),
        row(
            "Standard error of the slope",
            ("0.00180", ""),
            ("0.00307", ""),
            ("0.00236", ""),
            ("0.00275", ""),
        ),
        TableRow(group="How children differ (standard deviations)"),
        row(
            "Level at age 3, cm",
            ("–", ""),
            ("–", ""),
            ("0.88", "0.79 to 0.98"),
            ("0.85", "0.75 to 0.96"),
        ),
        row("Slope, cm a month", ("–", ""), ("–", ""), ("–", ""), ("0.021", "0.011 to 0.028")),
        row(
            "Correlation of level and slope",
            ("–", ""),
            ("–", ""),
            ("–", ""),
            ("0.09", "−0.21 to 0.36"),
        ),
        row(
            "Around the line, cm",
            ("0.98", ""),
            ("0.50", ""),
            ("0.50", "0.47 to 0.53"),
            ("0.48", "0.45 to 0.51"),
        ),
        TableRow(group="Summary"),
        row("Intraclass correlation", ("–", ""), ("–", ""), ("0.76", ""), ("–", "")),
        row("R², average line only", ("0.24", ""), ("–", ""), ("0.25", ""), ("0.25", "")),
        row("R², with each child’s line", ("–", ""), ("–", ""), ("0.82", ""), ("0.85", "")),
    )
    return Section(
        id="models",
        heading="Four ways to draw the line",
        nav="Four models",
        finding="All four models put growth near 0.03 cm a month. They disagree on how sure we may be.",
        blocks=(
            Paragraph(
                text="The pooled model forgets that measurements of the same child belong together. The "
                "stratified model gives each child its own level and learns nothing about children in "
                "general. The two mixed models sit between: they treat children as a sample of all "
                "children and let them share information.",
            ),
            Paragraph(
                text="The random-slope model is used for the answers, because children differ in growth as "
                "well as in level. Its interval is wider than that of the random-intercept model.",
                link="comparison",
                link_text="Why this model",
            ),
            Figure(
                id="models",
                number=2,
                panels=(
                    Panel(
                        id="slopes",
                        heading="Growth per month in each model",
                        svg=intervals(
                            [
                                ("Pooled", 0.0298, 0.0263, 0.0333),
                                ("Stratified", 0.0314, 0.0253, 0.0374),
                                ("Random intercept", 0.0317, 0.0271, 0.0363),
                                ("Random slope", 0.0325, 0.0271, 0.0380),
                            ]
                        ),
                        alt="Dot chart of the slope in four models with 95% intervals; from 0.0298 to 0.0325 "
                        "cm a month, with standard errors from 0.0018 to 0.0031.",
                    ),
                    Panel(
                        id="icc",
                        heading="Where the variation comes from",
                        svg=shares(76),
                        alt="Bar split in two: 76% of the variation around the average line lies between "
                        "children, 24% within a child.",
                    ),
                ),
                lead="The slope hardly moves, its uncertainty does: the standard error runs from 0.0018 to 0.0031.",
                caption="Left: dots are estimates, bars 95% intervals. Right: 76% stays with the child.",
            ),
            Table(
                id="models",
                number=2,
                caption="The four models side by side",
                columns=columns,
                rows=rows,
                notes=(
                    "Small figures are 95% intervals. A dash means the model has no such quantity.",
                    "AIC is compared in Table 4, on maximum-likelihood fits only.",
                ),
            ),
            Fold(
                summary="For statisticians: the models as equations",
                blocks=(
                    Paragraph(text="Measurement j of child i, with x the age in months minus 36:"),
                    Equation(
                        mathml=_MATHML,
                        alt="y i j equals beta 0 plus b 0 i, plus beta 1 plus b 1 i, times x i j, plus epsilon i j",
                    ),
                    Equation(
                        mathml=_MATRIX,
                        alt="b 0 i and b 1 i are normal with mean zero, variances tau 1 squared and tau 2 "
                        "squared, and covariance rho tau 1 tau 2",
                    ),
                    Paragraph(
                        text="Fitted by REML; t tests with Satterthwaite degrees of freedom; intervals of "
                        "standard deviations by profile likelihood.",
                    ),
                ),
            ),
        ),
    )
