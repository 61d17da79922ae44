# Prior weights in lme4: what tests/reference/weights.json holds.  Rscript weights.R > weights.json
suppressMessages(library(lme4))
s <- sleepstudy
s$w <- rep(c(1, 2, 0.5, 4, 1), 36)
s$h <- factor(rep(1:6, 30))
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12, maxfun = 1e5), calc.derivs = FALSE)
list_of <- function(x) paste0("[", paste(format(unname(x), digits = 15), collapse = ", "), "]")
out <- c()
for (reml in c(TRUE, FALSE)) for (case in list(
  list("Reaction ~ Days + (Days | Subject)", 1), list("Reaction ~ Days + (1 | Subject)", 1e6),
  list("Reaction ~ Days + (1 | Subject) + (1 | h)", 1))) {
  s$v <- s$w * case[[2]]
  f <- lmer(as.formula(case[[1]]), s, weights = v, REML = reml, control = exact)
  out <- c(out, paste0('{"formula": "', case[[1]], '", "reml": ', tolower(reml), ', "times": ', case[[2]],
    ', "criterion": ', format(-2 * as.numeric(logLik(f)), digits = 15), ', "theta": ', list_of(getME(f, "theta")),
    ', "beta": ', list_of(fixef(f)), ', "se": ', list_of(sqrt(diag(as.matrix(vcov(f))))), ', "sigma": ', format(sigma(f), digits = 15),
    ', "fitted": ', list_of(fitted(f)[1:5]), ', "pearson": ', list_of(residuals(f, "pearson", scaled = TRUE)[1:5]),
    ', "b": ', list_of(unlist(ranef(f)$Subject[1, ])), ', "aic": ', format(AIC(f), digits = 15), "}"))
}
ordinary <- function(f, rows) paste0('{"coefficients": ', list_of(coef(f)[rows]), ', "se": ',
  list_of(sqrt(diag(vcov(f)))[rows]), ', "log_likelihood": ', format(as.numeric(logLik(f)), digits = 15),
  ', "sigma": ', format(sigma(f), digits = 15), ', "r_squared": ', format(summary(f)$r.squared, digits = 15), "}")
cat('{"source": "lme4 ', format(packageVersion("lme4")), " in ", R.version.string, '", "mixed": [\n',
  paste(out, collapse = ",\n"), '],\n"pooled": ', ordinary(lm(Reaction ~ Days, s, weights = w), 1:2),
  ',\n"stratified": ', ordinary(lm(Reaction ~ Subject + Days, s, weights = w), 19),
  ',\n"own_intercepts": ', ordinary(lm(Reaction ~ 0 + Subject + Days, s, weights = w), 1:18), "}\n", sep = "")
