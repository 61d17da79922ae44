# What lme4 makes of formulas: tests/reference/grammar.json.  Rscript grammar.R > grammar.json
suppressMessages(library(lme4))
cake <- read.csv("data/cake.csv")
cake$recipe <- factor(cake$recipe); cake$replicate <- factor(cake$replicate)
cake$w <- round(sin(seq_len(nrow(cake))), 3)
exact <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-11, maxfun = 1e6), calc.derivs = FALSE)
forms <- c(
  "(1 | replicate)", "(w | replicate)", "(1 + w | replicate)", "(0 + w | replicate)", "(-1 + w | replicate)",
  "(w - 1 | replicate)", "(w || replicate)", "(0 + w || replicate)", "(1 | replicate) + (0 + w | replicate)",
  "(recipe | replicate)", "(0 + recipe | replicate)", "(recipe || replicate)", "(0 + recipe || replicate)",
  "(w + recipe || replicate)", "(w:recipe || replicate)", "(w * temp || replicate)", "(w:recipe | replicate)",
  "(1 | replicate/recipe)", "(1 | replicate:recipe)", "(1 | (replicate:recipe))", "(1 | replicate) + (1 | replicate:recipe)",
  "(w || replicate/recipe)", "(1 | replicate) + (1 | temp)", "(w | replicate) + (1 | temp)",
  "(1 | replicate/recipe) + (1 | temp)", "(1 | recipe:temp) + (1 | replicate)", "(I(w^2) | replicate)")
fixed <- c("w", "recipe * temp", "recipe:w", "0 + recipe", "recipe - 1", "recipe / w", "(w + temp)^2", "(w + temp + recipe)^2 - w:recipe",
  "I(w^2)", "poly(w, 2)", "scale(w)", "log(temp)", "w + I(2 * w)", "recipe + w + I(w - temp) + temp", "1", "0")
texts <- c(paste("angle ~ temp + recipe +", forms), paste("angle ~", fixed, "+ (1 | replicate)"))
rows <- sapply(texts, function(text) {
  f <- suppressMessages(suppressWarnings(lmer(as.formula(text), cake, REML = FALSE, control = exact)))
  sprintf('{"formula": "%s", "deviance": %.10f, "fixed": %d, "theta": %d, "dropped": %d}', text, -2 * as.numeric(logLik(f)),
    length(fixef(f)), length(getME(f, "theta")), sum(is.na(fixef(f, add.dropped = TRUE))))
})
cat('{"source": "lme4 ', format(packageVersion("lme4")), " in ", R.version.string, '", "cases": [\n', paste(rows, collapse = ",\n"), "]}\n", sep = "")
