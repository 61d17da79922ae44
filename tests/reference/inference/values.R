# The values of values.json, from R 4.2.2 with lme4 1.1-31, lmerTest 3.1-3, pbkrtest 0.5.2, clubSandwich 0.5.8,
# nlme 3.1-162 and plm 2.6-2. Run: Rscript values.R DATA_FOLDER COURSE_FOLDER (prints the JSON).
suppressMessages({library(lme4); library(lmerTest); library(pbkrtest); library(clubSandwich); library(nlme); library(plm); library(jsonlite)})
args <- commandArgs(TRUE)
read <- function(name, ...) read.csv(file.path(args[1], paste0(name, ".csv")), stringsAsFactors = TRUE, ...)

sleep <- read("sleepstudy_na"); sleep <- sleep[complete.cases(sleep), ]; sleep$Subject <- factor(sleep$Subject)
orthodont <- read("Orthodont"); orthodont <- orthodont[seq_len(nrow(orthodont)) %% 7 != 3, ]   # unbalanced
orthodont$Sex <- relevel(orthodont$Sex, "Male")
machines <- read("Machines"); machines <- machines[!(seq_len(nrow(machines)) %in% c(2, 3, 6, 11, 30, 31, 44)), ]
machines$Worker <- factor(machines$Worker)
cake <- read("cake"); cake$temperature <- factor(cake$temperature); cake$group <- interaction(cake$recipe, cake$replicate)
nepal <- read.csv(file.path(args[2], "Nepal.csv"))
nepal <- nepal[!(nepal$arm %in% c(88.8, 99.9)), ]; nepal <- nepal[!is.na(nepal$arm), ]
nepal$ageC <- nepal$age - 36
nepal$agem <- ave(nepal$age, nepal$id)
pig <- read.csv(file.path(args[2], "pig.csv"))

# The optimum, polished by Newton steps on the criterion itself: lme4's own stops at about 1e-6.
polished <- function(formula, data, reml = TRUE) {
  m <- lme4::lmer(formula, data, REML = reml, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10), calc.derivs = FALSE))
  parsed <- lFormula(formula, data, REML = reml)
  f <- do.call(mkLmerDevfun, parsed)
  theta <- getME(m, "theta")
  if (all(diag(getME(m, "Tlist")[[1]]) > 1e-4)) for (i in 1:3) {
    step <- solve(numDeriv::hessian(f, theta), numDeriv::grad(f, theta))
    theta <- theta - step
  }
  value <- f(theta)
  fit <- mkMerMod(environment(f), list(par = theta, fval = value, conv = 0, message = ""), parsed$reTrms, parsed$fr, match.call())
  fit@call <- as.call(list(quote(lme4::lmer), formula = formula, data = data, REML = reml))
  fit
}

several <- function(id, formula, data, L) {
  m <- polished(formula, data)
  kr <- KRmodcomp(m, L)$stats
  t <- lmerTest::as_lmerModLmerTest(m)
  s <- lmerTest::contestMD(t, L)
  list(id = id, formula = deparse1(formula), terms = names(fixef(m)), L = L, theta = getME(m, "theta"),
       kenward_roger = list(F = kr$Fstat, dof = kr$ddf, scaling = kr$F.scaling, p = kr$p.value),
       satterthwaite = list(F = s[["F value"]], dof = s[["DenDF"]], p = s[["Pr(>F)"]]))
}
rows <- function(p, at) diag(p)[at, , drop = FALSE]

robust <- function(id, formula, data, cluster, reml = TRUE) {
  m <- polished(formula, data, reml)
  V <- vcovCR(m, cluster = cluster, type = "CR2")
  t <- coef_test(m, vcov = V)
  list(id = id, formula = deparse1(formula), reml = reml, terms = names(fixef(m)), theta = getME(m, "theta"),
       se = t$SE, dof = t$df, p = t$p_Satt, vcov = as.matrix(V), model_se = sqrt(diag(as.matrix(vcov(m)))))
}

within <- function(id, fixed, random, data, ...) {
  m <- lme(fixed, data, random = random, ...)
  list(id = id, terms = names(m$fixDF$X), dof = unname(m$fixDF$X))
}

few <- subset(sleep, as.integer(Subject) <= 4)

hausman <- function() {
  panel <- pdata.frame(transform(nepal, row = ave(id, id, FUN = seq_along)), index = c("id", "row"))
  fixed <- plm(arm ~ ageC, panel, model = "within")
  between <- plm(arm ~ ageC, panel, model = "between")
  test <- phtest(fixed, plm(arm ~ ageC, panel, model = "random"))
  m <- lmerTest::as_lmerModLmerTest(polished(arm ~ ageC + agem + (1 | id), nepal))
  weighed <- subset(panel, !(wt %in% c(88.8, 99.9)))
  two <- lapply(c(within = "within", between = "between", random = "random"), function(model) plm(arm ~ ageC + wt + lit, weighed, model = model))
  two_test <- phtest(two$within, two$random)
  list(within = unname(coef(fixed)), within_se = unname(sqrt(diag(vcov(fixed)))),
       between = unname(coef(between)), between_se = unname(sqrt(diag(vcov(between)))),
       random = unname(coef(plm(arm ~ ageC, panel, model = "random"))),
       chi2 = unname(test$statistic), p = unname(test$p.value),
       mundlak = unname(coef(summary(m))["agem", ]),
       two = list(within = unname(coef(two$within)), within_se = unname(sqrt(diag(vcov(two$within)))),
                  between = unname(coef(two$between)), between_se = unname(sqrt(diag(vcov(two$between)))),
                  random = unname(coef(two$random)), random_se = unname(sqrt(diag(vcov(two$random)))),
                  chi2 = unname(two_test$statistic), p = unname(two_test$p.value)))
}

values <- list(
  versions = R.version.string,
  several = list(
    several("sleep", Reaction ~ Days + I(Days^2) + (Days | Subject), sleep, rows(3, 2:3)),
    several("sleep.all", Reaction ~ Days + I(Days^2) + (Days | Subject), sleep, diag(3)),
    several("orthodont", distance ~ age * Sex + (0 + age | Subject), orthodont, rows(4, 3:4)),
    several("orthodont.mixed", distance ~ age * Sex + (1 | Subject), orthodont, rbind(c(0, 1, 0, 0.5), c(1, 11, -1, 3))),
    several("machines", score ~ Machine + (1 | Worker), machines, rows(3, 2:3)),
    several("machines.cell", score ~ Machine + (0 + Machine | Worker), machines, rows(3, 2:3)),
    several("cake", angle ~ recipe * temperature + (1 | group), cake, rows(18, 9:18)),
    several("nepal", arm ~ age + lit + (age || id), nepal, rows(3, 2:3))),
  robust = list(
    robust("sleep", Reaction ~ Days + (Days | Subject), sleep, sleep$Subject),
    robust("sleep.intercept", Reaction ~ Days + I(Days^2) + (1 | Subject), sleep, sleep$Subject),
    robust("sleep.slope", Reaction ~ Days + (0 + Days | Subject), sleep, sleep$Subject),
    robust("orthodont", distance ~ age * Sex + (1 | Subject), orthodont, orthodont$Subject),
    robust("orthodont.ml", distance ~ age * Sex + (age | Subject), orthodont, orthodont$Subject, FALSE),
    robust("machines", score ~ Machine + (0 + Machine | Worker), machines, machines$Worker),
    robust("four", Reaction ~ Days + (1 | Subject), few, factor(few$Subject)),
    robust("nepal.literacy", arm ~ age + lit + (1 | id), nepal, nepal$id),
    robust("nepal.slope", arm ~ ageC + (ageC | id), nepal, nepal$id),
    robust("pig", weight ~ weeks + (1 | id), pig, pig$id)),
  between_within = list(
    within("orthodont", distance ~ age * Sex, ~ 1 | Subject, orthodont),
    within("cake", angle ~ recipe * temperature, ~ 1 | group, cake),
    within("machines", score ~ Machine, ~ 1 | Worker, machines),
    within("nepal", arm ~ age + lit, ~ 1 | id, nepal)),
  hausman = hausman())
cat(toJSON(values, digits = NA, auto_unbox = TRUE, pretty = FALSE), "\n")
