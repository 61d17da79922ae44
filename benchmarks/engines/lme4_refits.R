# lme4's refit to new responses, and its fit without a group: seconds each. Arguments: table folder, formula, answers.
suppressPackageStartupMessages(library(lme4))
files <- commandArgs(trailingOnly = TRUE)
paths <- list.files(files[1], full.names = TRUE)
columns <- lapply(paths, function(path) {
  if (grepl("[.]group$", path)) factor(readBin(path, "integer", file.size(path) / 4, size = 4))
  else readBin(path, "double", file.size(path) / 8)
})
names(columns) <- sub("[.][a-z]+$", "", basename(paths))
table <- data.frame(columns)
result <- lmer(as.formula(files[2]), table)
responses <- simulate(result, 40, seed = 1)
seconds <- function(work) {
  began <- as.numeric(Sys.time())
  suppressMessages(suppressWarnings(work()))
  as.numeric(Sys.time()) - began
}
refits <- vapply(responses, function(y) seconds(function() refit(result, y)), 0)
group <- names(getME(result, "flist"))
without <- vapply(head(levels(table[[group]]), 20), function(level) {
  kept <- table[table[[group]] != level, ]
  seconds(function() lmer(as.formula(files[2]), kept))
}, 0)
writeLines(sprintf("%.9g", c(median(refits), median(without))), files[3])
