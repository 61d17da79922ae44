"""The figures that the twins must give; the slides that print them in brackets.

BIOS 526, module 2, Benjamin Risk. The values are those figures recomputed to full precision on the
course's data by an independent implementation, with a covariance and the pigs' spread of slopes, which
no slide prints. Beside them the generator knows a few counts. Each figure stands with the decimals to
which it must be met.
"""

from __future__ import annotations

# Pigs: pooled and stratified [8], random intercept [17]; random slope as recomputed for the same data.
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

# Nepal: pooled and stratified [12], random intercept [18], random slope [65].
NEPAL = {
    "pooled intercept": (12.838182399570503, 6),
    "pooled slope": (0.029788938967456179, 6),
    "pooled sigma": (0.98491048113371071, 4),
    "stratified slope": (0.031353589137826515, 6),
    "stratified sigma": (0.49715320320824719, 4),
    "child 1": (12.626381310522039, 6),
    "child 2": (12.349723884316906, 6),
    "child 199": (13.576823242036402, 6),
    "child 200": (10.514019368363664, 6),
    "random intercept tau2": (0.78073318851206686, 5),
    "random intercept sigma2": (0.2480672013401751, 5),
    "random intercept level": (12.753789123737421, 6),
    "random intercept slope": (0.031696633810967545, 6),
    "random slope tau0": (0.7193780396524, 6),
    "random slope covariance": (0.001590297103524349, 7),
    "random slope tau1": (0.0004357119743593, 8),
    "random slope sigma2": (0.226574640479, 6),
    "random slope level": (13.943962374554646, 6),
    "random slope slope": (0.032526982193309219, 6),
}

# What the ages alone decide, given the variances: standard errors [12, 18, 65], a correlation and the
# REML criterion [18].
AGES = {
    "pooled intercept se": 0.075987400830744,
    "pooled slope se": 0.001798420772693976,
    "stratified slope se": 0.003072586914830103,
    "child 1 se": 0.28748049107097012,
    "child 2 difference se": 0.35496125994184463,
    "child 199 difference se": 0.34472764934240374,
    "child 200 difference se": 0.36462073165700604,
    "random intercept level se": 0.10966845519849569,
    "random intercept slope se": 0.002357024749273576,
    "random intercept correlation": -0.80282935285677559,
    "random slope level se": 0.06667743633934309,
    "random slope slope se": 0.0027535240375,
    "random intercept criterion": 1813.1497782489782,
}
