# Fits by lme4 with its default settings. The tasks and answers are those of protocol.py.
suppressPackageStartupMessages(library(lme4))
files <- commandArgs(trailingOnly = TRUE)
tasks <- read.delim(files[1], stringsAsFactors = FALSE)

read_table <- function(folder) {
  paths <- list.files(folder, full.names = TRUE)
  columns <- lapply(paths, function(path) {
    if (grepl("[.]group$", path)) factor(readBin(path, "integer", file.size(path) / 4, size = 4))
    else readBin(path, "double", file.size(path) / 8)
  })
  names(columns) <- sub("[.][a-z]+$", "", basename(paths))
  data.frame(columns)
}

number <- function(x) paste(sprintf("%.17g", x), collapse = " ")

done <- function(task) {
  table <- read_table(task$folder)
  seconds <- numeric()
  for (k in seq_len(task$repeats)) {
    began <- as.numeric(Sys.time())
    result <- lmer(as.formula(task$formula), table)
    seconds <- c(seconds, as.numeric(Sys.time()) - began)
  }
  problems <- result@optinfo$conv$lme4$messages
  problems <- problems[!grepl("singular", problems)]
  list(
    task = task$task, seconds = number(seconds), criterion = number(-2 * as.numeric(logLik(result))),
    converged = length(problems) == 0, singular = isSingular(result), sigma = number(sigma(result)),
    sds = number(unlist(lapply(VarCorr(result), attr, "stddev"))), theta = number(getME(result, "theta")),
    peak = "", error = ""
  )
}

answers <- lapply(split(tasks, seq_len(nrow(tasks))), function(task) {
  tryCatch(suppressMessages(suppressWarnings(done(task))), error = function(problem) {
    list(
      task = task$task, seconds = "", criterion = "", converged = "", singular = "", sigma = "", sds = "",
      theta = "", peak = "", error = gsub("[\t\n]", " ", substr(conditionMessage(problem), 1, 200))
    )
  })
})
rows <- vapply(answers, function(a) paste(unlist(lapply(a, as.character)), collapse = "\t"), "")
writeLines(c(paste(names(answers[[1]]), collapse = "\t"), rows), files[2])
