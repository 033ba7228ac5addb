# Reference values for LSAT6 and LSAT7: Rscript tests/data/lsat.R > tests/data/lsat.json
#
# Data: Bock, R. D. & Lieberman, M. (1970). Fitting a response model for n dichotomously scored
# items. Psychometrika 35, 179-197: 1,000 people each on sections 6 and 7 of the Law School
# Admission Test, as response patterns with their frequencies (psych: bock.table; ltm: LSAT;
# mirt: LSAT6, LSAT7).
# Tools: psych (alpha, item statistics, skewness), lme4 (Rasch as a mixed logistic regression),
# statmod (Gauss-Hermite nodes) with optim (2PL, direct maximisation: another way than ours, EM).
suppressMessages({library(psych); library(statmod); library(lme4)})
path <- sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE))
table <- read.csv(file.path(dirname(path), "lsat.csv"))
patterns <- as.matrix(table[, 1:5])
nodes <- gauss.quad.prob(61, "normal")

number <- function(x) if (length(x) == 1) sprintf("%.12g", x) else
  paste0("[", paste(sprintf("%.12g", x), collapse = ", "), "]")
object <- function(values) paste0("{", paste0('"', names(values), '": ',
  ifelse(sapply(values, is.character), values, sapply(values, number)), collapse = ",\n"), "}")

# log P(pattern | node) for slopes a and intercepts d
given <- function(a, d) {
  z <- outer(nodes$nodes, a) + rep(d, each = length(nodes$nodes))
  plogis(z, log.p = TRUE) %*% t(patterns) + plogis(-z, log.p = TRUE) %*% t(1 - patterns)
}
marginal <- function(a, d, n) sum(n * log(colSums(nodes$weights * exp(given(a, d)))))
maximised <- function(start, split, n) {
  cost <- function(x) -marginal(split(x)$a, split(x)$d, n)
  for (i in 1:6) start <- optim(start, cost, method = "BFGS",
    control = list(reltol = 1e-15, maxit = 2000, ndeps = rep(1e-5, length(start))))$par
  split(start)
}
model <- function(found, n) {
  weights <- nodes$weights * exp(given(found$a, found$d))
  weights <- t(weights) / colSums(weights)
  eap <- as.vector(weights %*% nodes$nodes)
  sd <- sqrt(as.vector(weights %*% nodes$nodes^2) - eap^2)
  theta <- c(-2, -1, 0, 1, 2)
  p <- plogis(outer(theta, found$a) + rep(found$d, each = 5))
  object(list(slope = found$a, difficulty = -found$d / found$a, eap = eap, eap_sd = sd,
    log_likelihood = marginal(found$a, found$d, n),
    information_at_minus2_to_2 = as.vector((p * (1 - p)) %*% found$a^2)))
}
# Upper-lower 27 %: who ties at the border is in with the share of the tie that fits.
upper_lower <- function(data) {
  total <- rowSums(data); k <- 0.27 * nrow(data)
  membership <- function(score) {
    above <- sapply(score, function(s) sum(score > s))
    tied <- sapply(score, function(s) sum(score == s))
    pmin(1, pmax(0, (k - above) / tied))
  }
  up <- membership(total); low <- membership(-total)
  colSums(up * data) / sum(up) - colSums(low * data) / sum(low)
}
kurtosis <- function(x) { # Moodle: k4 / k2^2 with k-statistics (Fisher)
  n <- length(x); m <- sapply(2:4, function(i) mean((x - mean(x))^i))
  k2 <- n * m[1] / (n - 1)
  n^2 * ((n + 1) * m[3] - 3 * (n - 1) * m[1]^2) / ((n - 1) * (n - 2) * (n - 3)) / k2^2
}
classical <- function(data) {
  total <- rowSums(data); rest <- total - data; items <- ncol(data)
  a <- suppressWarnings(alpha(data, check.keys = FALSE, warnings = FALSE))
  alpha_ <- items / (items - 1) * (1 - sum(apply(data, 2, var)) / var(total))
  stopifnot(abs(alpha_ - a$total$raw_alpha) < 1e-12)
  best <- sapply(1:items, function(j) cov(sort(data[, j]), sort(rest[, j])))
  weight <- sqrt(sapply(1:items, function(j) cov(data[, j], total)))
  object(list(facility = as.vector(colMeans(data)), sd = as.vector(apply(data, 2, sd)),
    discrimination = as.vector(a$item.stats$r.drop), upper_lower = as.vector(upper_lower(data)),
    alpha = a$total$raw_alpha, kr20 = items / (items - 1) *
      (1 - sum(colMeans(data) * (1 - colMeans(data))) / mean((total - mean(total))^2)),
    alpha_if_dropped = a$alpha.drop$raw_alpha, sem = sd(total) * sqrt(1 - alpha_),
    mean = mean(total), total_sd = sd(total), median = median(total),
    moodle_effective_weight = 100 * weight / sum(weight),
    moodle_discrimination_index = 100 * as.vector(a$item.stats$r.drop),
    moodle_discriminative_efficiency =
      100 * sapply(1:items, function(j) cov(data[, j], rest[, j])) / best,
    moodle_cic = 100 * alpha_, moodle_error_ratio = 100 * sqrt(1 - alpha_),
    moodle_skewness = skew(total, type = 2), moodle_kurtosis = kurtosis(total)))
}
section <- function(n) {
  data <- patterns[rep(1:32, n), ]
  rasch <- maximised(c(0, rep(1, 5)), function(x) list(a = rep(exp(x[1]), 5), d = x[-1]), n)
  two <- maximised(c(rep(1, 5), rep(1, 5)), function(x) list(a = x[1:5], d = x[6:10]), n)
  long <- data.frame(y = as.vector(data), item = factor(rep(1:5, each = 1000)),
    person = factor(rep(1:1000, 5)))
  mixed <- glmer(y ~ 0 + item + (1 | person), long, binomial, nAGQ = 25,
    control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
  object(list(classical = classical(data), rasch = model(rasch, n), two = model(two, n),
    lme4_rasch = object(list(easiness = as.vector(fixef(mixed)),
      ability_sd = as.vector(sqrt(VarCorr(mixed)$person))))))
}
tools <- sapply(c("psych", "lme4", "statmod"), function(p) paste(p, packageVersion(p)))
cat(object(list(source = paste0('"', R.version.string, ", ", paste(tools, collapse = ", "), '"'),
  lsat6 = section(table$lsat6), lsat7 = section(table$lsat7))), "\n")
