# SECOND OPINION
#
# The study computed a second time, in R, by a script that shares no code with the first program and
# reads no number of it but the draws of the model. It starts from the files that the study handed
# over (of a simulated study the tables that its simulator recorded, of a study at door export the
# tables that its import made of the exports) and from its prices. It needs R alone, no packages:
#   Rscript second_opinion.R figures.csv
# The paths below count from the folder in which the study was run. Read it from top to bottom:
#
#   1  people and populations        5  costs of participants     8  observed case, adjusted contrasts
#   2  prices                        6  scores                    9  normal theory
#   3  when a use falls              7  areas under curves       10  what follows from the draws
#   4  the ledger
#
# Every figure is kept by `say`: its name, what it belongs to, and, where it is one of many, the
# participant or the threshold. All go to figures.csv; audit/certificate.csv sets each beside the
# figure of the first program. Sections 8 and 9 share one loop over the analyses.
#
# Words of the settings below that do not explain themselves:
#   source          records: complete unless follow-up ended; interview: seen where the visit of
#                   `interviews` was held; given: amounts of money, whose price is 1
#   zero_rule       sources and items of which no row means that nothing was used
#   includes        items that the price of this bed day already covers
#   same_use_as     item of another source that counts the same use; `records_win` says which counts
#   death           hold_then_zero: a score holds until death and is 0 after; linear: it falls to 0
#   visit_times     nominal: the planned time of a visit; actual: the date on which it was held
#   divide_by       a covariate is divided by it before it enters a regression
#   shown           willingness to pay at which section 9 is evaluated, per unit of the outcome

# ---- Settings of the study, written here when the script was made ---------------------------------
#<settings>
# ---- Small tools ----------------------------------------------------------------------------------

said <- list()
say <- function(quantity, value, ..., within = "") {
  if (length(value) == 0) return(invisible())
  of <- if (...length() == 0) "" else paste(..., sep = " / ")
  n <- length(value)
  said[[length(said) + 1]] <<- list(quantity = rep_len(quantity, n), of = rep_len(of, n),
    within = rep_len(if (is.numeric(within)) sprintf("%.15g", within) else within, n),
    value = as.numeric(value))
}

# Every cell is text until it is used; a blank is missing.
read_table <- function(path) {
  if (is.null(path)) return(NULL)
  read.csv(path, colClasses = "character", na.strings = "", check.names = FALSE,
           fileEncoding = "UTF-8-BOM", strip.white = TRUE)
}
is_true <- function(text) text %in% c("true", "True", "TRUE")
# A setting, or what it is taken to be where the study is silent on it.
given <- function(value, otherwise) if (is.null(value)) otherwise else value
rows_of <- function(table) if (is.null(table)) 0 else nrow(table)

wanted_files <- unlist(c(files, price_files, value_sets, draw_files))
absent <- wanted_files[!file.exists(wanted_files)]
if (length(absent) > 0)
  stop("no file ", absent[1], if (length(absent) > 1) paste(" and", length(absent) - 1, "others"),
       " below ", getwd(),
       "; run this from the folder in which the study was run, with its results in place",
       call. = FALSE)

DAYS <- 365.25                                   # days in a year
horizon <- study$horizon_years
arms <- names(study$arms)
# The first whole day at or after a time; the index date is day 0.
first_day <- function(years) ceiling(round(years * DAYS, 6))

# What a use spread over the years a to b is discounted by. Yearly: by the years completed at a.
# Continuous: the mean of (1 + r)^-t from a to b. Nothing before the index date is discounted.
discount_over <- function(a, b, rate, how) {
  if (rate == 0) return(rep(1, length(a)))
  factor <- if (how == "yearly") (1 + rate)^-floor(a) else ifelse(
    b > a, ((1 + rate)^-a - (1 + rate)^-b) / (log(1 + rate) * (b - a)), (1 + rate)^-a)
  ifelse(b <= 0, 1, factor)
}

# ---- 1. People and populations --------------------------------------------------------------------

raw <- lapply(files, read_table)
for (name in names(raw)) say("records handed over", nrow(raw[[name]]), name)

people <- raw$participants
if (!is.null(people)) {
  for (name in c("death_date", "follow_up_end", "exclusion", "site"))
    if (is.null(people[[name]])) people[[name]] <- NA_character_
  if (!is.null(data$follow_up_end))
    people$follow_up_end[is.na(people$follow_up_end)] <- data$follow_up_end
  index <- as.Date(people$randomisation_date)     # day 0 of each participant
  people$death_day <- as.numeric(as.Date(people$death_date) - index)
  people$death_years <- people$death_day / DAYS
  people$followed_years <- as.numeric(as.Date(people$follow_up_end) - index) / DAYS
  member <- list()
  for (name in names(data$populations)) {
    rule <- data$populations[[name]]
    why <- rep("", nrow(people))
    for (cause in rule$excludes) {
      found <- if (cause == "died") {
        ifelse(!is.na(people$death_day) & people$death_day <= round(horizon * DAYS), "died", "")
      } else ifelse(is.na(people$exclusion), "", people$exclusion)
      why <- ifelse(why == "", found, why)
    }
    if (!is.null(rule$column))
      why <- ifelse(why == "" & !is_true(people[[rule$column]]),
                    paste("not marked in", rule$column), why)
    member[[name]] <- why == ""
    for (reason in unique(why[why != ""]))
      say("people set aside", sum(why == reason), name, reason)
    for (arm in arms) say("people in the population", sum(why == "" & people$arm == arm), name, arm)
  }
  row_of <- function(id) match(id, people$participant_id)
}

# ---- 2. Prices ------------------------------------------------------------------------------------

# Whether there are records to value; at the doors of totals and of draws there are none.
costs_follow <- !is.null(costs) && !is.null(people)
if (costs_follow) {
  listed <- read_table(price_files$unit_costs)
  price_index <- read_table(price_files$price_index)
  items <- NULL
  for (item in names(costs$items)) {
    entry <- costs$items[[item]]
    source <- given(entry$source, "records")
    price <- if (is.null(listed)) NULL else listed[listed$item == item, ]
    if (rows_of(price) == 0) {
      if (source != "given") next
      price <- data.frame(unit_cost = "1", price_year = costs$price_year)  # the amount is the cost
    }
    level <- function(year) as.numeric(price_index$index[price_index$year == year])
    inflation <- if (price$price_year == costs$price_year) 1 else
      level(costs$price_year) / level(price$price_year)
    items <- rbind(items, data.frame(
      item = item, category = entry$category, payer = entry$payer, source = source,
      unit_cost = as.numeric(price$unit_cost), inflation = inflation,
      transfer = isTRUE(entry$transfer),
      recall_years = if (isTRUE(entry$scale_to_period)) given(entry$recall_years, NA) else NA,
      replaced_by = NA_character_))
  }
  # Two items may tell of the same use: records win over interviews, or the other way round.
  for (item in names(costs$items)) {
    other <- costs$items[[item]]$same_use_as
    if (is.null(other) || other == "") next
    is_record <- given(costs$items[[item]]$source, "records") == "records"
    keeps <- is_record == costs$records_win
    items$replaced_by[items$item == (if (keeps) other else item)] <- if (keeps) item else other
  }
  say("unit cost", items$unit_cost, items$item)
  say("inflation", items$inflation, items$item)
}

# ---- 3. When a use falls --------------------------------------------------------------------------

if (costs_follow) {
  rate <- costs$discount_rate
  how <- costs$discounting
  periods <- study$periods                      # name -> c(start, end) in years
  start_day_of <- sapply(periods, function(span) first_day(span[1]))
  end_day_of <- sapply(periods, function(span) first_day(span[2]))
  # The first period that holds a day; NA where none does.
  period_of <- function(days) {
    found <- rep(NA_character_, length(days))
    for (name in rev(names(periods)))
      found[!is.na(days) & days >= start_day_of[[name]] & days < end_day_of[[name]]] <- name
    found
  }
  # Whole years strictly between two times, at which a yearly discount changes.
  anniversaries <- function(start, end) {
    if (how != "yearly" || rate == 0) return(numeric(0))
    years <- seq_len(max(0, ceiling(end) - 1))
    years[years > start & years < end]
  }
  # Nights are cut at these days: the bounds of periods, anniversaries and the horizon.
  # Of a horizon of 365.25 days 365 whole nights lie before it, and 366 days begin before it.
  last_night <- floor(round(horizon * DAYS, 6))
  cuts <- sort(unique(c(0, last_night, first_day(anniversaries(0, horizon)),
                        pmin(c(start_day_of, end_day_of), last_night))))
  segments <- data.frame(start = head(cuts, -1), end = tail(cuts, -1))
  segments$period <- period_of(segments$start)
  # Before the index date only what lies in a period counts, such as a baseline period.
  segments <- segments[segments$start >= 0 | !is.na(segments$period), ]
}

# ---- 4. The ledger: one line for each record and discount year ------------------------------------

if (costs_follow) {
  uses <- raw$resource_use[c("record_id", "participant_id", "item", "quantity", "period", "date")]
  if (!is.null(raw$costs_given)) {              # amounts handed over: so many units of money
    amounts <- raw$costs_given
    uses <- rbind(uses, data.frame(
      record_id = paste(amounts$participant_id, amounts$period, amounts$item, sep = "/"),
      participant_id = amounts$participant_id, item = amounts$item, quantity = amounts$cost,
      period = amounts$period, date = rep(NA_character_, nrow(amounts))))
  }
  for (event in names(event_use)) {             # what an event in law takes
    happened <- raw$legal_events[raw$legal_events$event == event, ]
    for (item in names(event_use[[event]])) if (nrow(happened) > 0)
      uses <- rbind(uses, data.frame(
        record_id = paste0(happened$record_id, ":", item),
        participant_id = happened$participant_id, item = item,
        quantity = as.character(event_use[[event]][[item]]), period = NA_character_,
        date = happened$date))
  }
  stays <- raw$episodes[raw$episodes$type == "occupancy", ]
  ledger <- list()
  aside <- list()
  # A blank quantity: the question was put and not answered, which is not zero.
  blank <- "asked, not answered"
  unanswered <- data.frame(row = integer(0), item = character(0), period = character(0))
  enter <- function(record, who, item, period, quantity, discount) {
    if (length(record) > 0) ledger[[length(ledger) + 1]] <<- data.frame(
      record = record, row = who, item = item, period = period, quantity = quantity,
      discount = discount)
  }
  set_aside <- function(record, item, reason, quantity, whole) {
    if (length(record) > 0) aside[[length(aside) + 1]] <<- data.frame(
      record = record, item = item, reason = reason, quantity = quantity, whole = whole)
  }

  # Stays. A night belongs to the day on which it begins. A stay without an end lasts to the horizon
  # or to death; one with an end is cut there.
  if (rows_of(stays) > 0) {
    who <- row_of(stays$participant_id)
    dies <- ifelse(is.na(people$death_day[who]), Inf, people$death_day[who])
    begin <- as.numeric(as.Date(stays$start_date) - index[who])
    limit <- pmax(0, pmin(last_night, dies))
    end <- as.numeric(as.Date(stays$end_date) - index[who])
    end <- ifelse(is.na(end), pmax(begin, pmin(last_night, dies)), end)
    instead <- items$replaced_by[match(stays$item, items$item)]
    counts <- is.na(instead)
    nights <- nights_before <- rep(0, nrow(stays))  # valued; of these, before the index date
    for (k in seq_len(nrow(segments))) {
      from <- pmax(begin, segments$start[k])
      to <- pmin(end, limit, segments$end[k])
      some <- counts & to > from
      nights[some] <- nights[some] + (to - from)[some]
      nights_before[some] <- nights_before[some] + (pmin(to, 0) - pmin(from, 0))[some]
      enter(stays$record_id[some], who[some], stays$item[some],
            rep(segments$period[k], sum(some)), (to - from)[some],
            discount_over(from[some] / DAYS, to[some] / DAYS, rate, how))
    }
    # What was not valued, reason by reason; `whole` once for a stay of which nothing was valued.
    before <- pmin(end, 0) - pmin(begin, 0) - nights_before
    after <- pmax(0, end - pmax(begin, limit))
    reasons <- list(
      list(!counts, paste("the same use is counted as", instead), end - begin),
      list(counts & end == begin & begin < limit, "a stay without a night", 0 * end),
      list(counts & before > 0, "before the index date", before),
      list(counts & (after > 0 | (end == begin & begin >= limit)),
           ifelse(dies < last_night, "after death", "after the horizon"), after))
    told <- rep(FALSE, nrow(stays))
    for (one in reasons) {
      some <- one[[1]]
      set_aside(stays$record_id[some], stays$item[some], rep_len(one[[2]], nrow(stays))[some],
                one[[3]][some], (nights == 0 & !told)[some])
      told <- told | some
    }
  }

  # Uses of one day, and uses of a period.
  if (nrow(uses) > 0) {
    who <- row_of(uses$participant_id)
    amount <- as.numeric(uses$quantity)
    amount_or_0 <- ifelse(is.na(amount), 0, amount)
    day <- as.numeric(as.Date(uses$date) - index[who])
    died_on <- people$death_day[who]
    died_at <- people$death_years[who]
    instead <- items$replaced_by[match(uses$item, items$item)]
    recall <- items$recall_years[match(uses$item, items$item)]
    period_on <- period_of(day)
    counts_on <- !is.na(day) & day < first_day(horizon) & (day >= 0 | !is.na(period_on))
    # A bed whose price includes an item: uses of the item on a day in that bed are not valued.
    bed <- rep(NA_character_, nrow(uses))
    for (holder in names(costs$items)) for (item in costs$items[[holder]]$includes)
      for (k in which(uses$item == item & !is.na(day) & rows_of(stays) > 0)) {
        inside <- stays$item == holder & stays$participant_id == uses$participant_id[k] &
          begin <= day[k] & day[k] < end
        if (any(inside)) bed[k] <- min(c(bed[k], holder), na.rm = TRUE)
      }
    reason <- ifelse(!is.na(instead), paste("the same use is counted as", instead),
              ifelse(is.na(day), NA,
              ifelse(!is.na(died_on) & day > died_on, "after death",
              ifelse(!counts_on & day < 0, "before the index date",
              ifelse(!counts_on, "after the horizon",
              ifelse(!is.na(bed), paste("included in the price of", bed),
              ifelse(is.na(amount), blank, NA)))))))
    out <- !is.na(reason)
    set_aside(uses$record_id[out], uses$item[out], reason[out], amount_or_0[out], TRUE)
    open <- out & reason == blank
    unanswered <- rbind(unanswered, data.frame(row = who[open], item = uses$item[open],
                                               period = period_on[open]))
    dated <- !out & !is.na(day)
    enter(uses$record_id[dated], who[dated], uses$item[dated], period_on[dated], amount[dated],
          discount_over(day[dated] / DAYS, day[dated] / DAYS, rate, how))
    # A count for a period is spread evenly over that part of it which the participant lived, cut
    # where the discount changes and at the horizon.
    for (name in names(periods)) {
      start <- periods[[name]][1]
      finish <- periods[[name]][2]
      mine <- !out & is.na(day) & !is.na(uses$period) & uses$period == name
      dead <- mine & !is.na(died_at) & died_at <= start
      set_aside(uses$record_id[dead], uses$item[dead], "after death", amount_or_0[dead], TRUE)
      mine <- mine & !dead
      if (start < horizon) {
        open <- mine & is.na(amount)
        set_aside(uses$record_id[open], uses$item[open], blank, amount_or_0[open], TRUE)
        unanswered <- rbind(unanswered, data.frame(row = who[open], item = uses$item[open],
                                                   period = rep(name, sum(open))))
        mine <- mine & !open
      }
      inner <- min(finish, max(start, horizon))
      bounds <- unique(c(start, anniversaries(start, inner), inner, finish))
      scale <- ifelse(is.na(recall), 1, (finish - start) / recall)
      for (k in seq_len(length(bounds) - 1)) {
        a <- bounds[k]
        b <- bounds[k + 1]
        dies <- !is.na(died_at) & died_at < finish
        share <- ifelse(dies, pmax(0, (pmin(b, died_at) - a) / (died_at - start)),
                        (b - a) / (finish - start))
        some <- mine & share > 0
        if (a < horizon) {
          until <- ifelse(dies & died_at > a & died_at < b, died_at, b)
          enter(uses$record_id[some], who[some], uses$item[some], rep(name, sum(some)),
                (amount * share * scale)[some],
                discount_over(rep(a, sum(some)), until[some], rate, how))
        } else set_aside(uses$record_id[some], uses$item[some], "after the horizon",
                         (amount_or_0 * share)[some], start >= horizon)
      }
    }
  }

  ledger <- do.call(rbind, ledger)
  aside <- do.call(rbind, aside)
  ledger$arm <- people$arm[ledger$row]
  about <- items[match(ledger$item, items$item), ]
  ledger$before_discount <- ledger$quantity * about$unit_cost * about$inflation
  ledger$cost <- ledger$before_discount * ledger$discount
  ledger$source <- about$source
  ledger$category <- about$category

  total <- function(quantity, value, by, how = sum) {
    sums <- aggregate(value, by, how)
    do.call(say, c(list(quantity, sums[[ncol(sums)]]), unname(as.list(sums[-ncol(sums)]))))
  }
  by <- ledger[c("item", "arm")]
  total("records kept", ledger$record, by, function(ids) length(unique(ids)))
  total("quantity", ledger$quantity, by)
  total("cost before discount", ledger$before_discount, by)
  total("cost", ledger$cost, by)
  if (rows_of(aside) > 0) {
    by <- aside[c("reason", "item")]
    total("records set aside whole", aside$whole, by)
    total("quantity set aside", aside$quantity, by)
  }
}

# ---- 5. Costs of participants, by perspective -----------------------------------------------------

if (costs_follow) {
  counted <- function(perspective) {
    one <- costs$perspectives[[perspective]]
    items$item[items$payer %in% one$payers & (!items$transfer | isTRUE(one$transfers))]
  }
  for (name in names(costs$perspectives)) {
    lines <- ledger[ledger$item %in% counted(name), ]
    if (nrow(lines) == 0) next
    total("cost by category", lines$cost, cbind(perspective = name, lines[c("category", "arm")]))
    sums <- rowsum(lines$cost, lines$row)
    say("cost of a participant", sums[, 1], name,
        within = people$participant_id[as.integer(rownames(sums))])
  }
  # Whether a source of cost was observed in a period. Records: until follow-up ended by the
  # calendar. Interviews: where the visit that asks was held, or death came first. Amounts handed
  # over: always. Of none where an item was asked and not answered, see `open_in`.
  visits <- raw$visits
  closing <- function(name) {
    asked <- costs$interviews[[name]]
    if (!is.null(asked)) return(asked)
    names(study$visits)[abs(unlist(study$visits) - periods[[name]][2]) < 1e-9][1]
  }
  observed_in <- function(source, name) {
    start <- periods[[name]][1]
    finish <- min(periods[[name]][2], max(start, horizon))
    death <- ifelse(is.na(people$death_years), Inf, people$death_years)
    followed <- ifelse(is.na(people$followed_years), Inf, people$followed_years)
    if (source == "records")
      return(followed + 1 / DAYS >= finish | (is.finite(followed) & death <= followed))
    if (source == "given") return(rep(TRUE, nrow(people)))
    visit <- closing(name)
    seen <- visits$participant_id[visits$visit == visit & visits$status %in% c("attended", "dead")]
    people$participant_id %in% seen | death <= given(study$visits[[visit]], Inf)
  }
  # Who has an item of a source open in a period: a blank quantity, or no row where no row does not
  # mean zero, somebody else has one, and the participant was seen. Nothing is open after death.
  open_in <- function(source, name, seen) {
    everyone <- seq_len(nrow(people))
    alive <- is.na(people$death_years) | people$death_years > periods[[name]][1]
    found <- rep(FALSE, nrow(people))
    for (item in items$item[items$source == source & is.na(items$replaced_by)]) {
      here <- function(rows) rows$row[rows$item == item & rows$period %in% name]
      asked <- c(here(unanswered), here(ledger))
      by_rule <- item %in% data$zero_rule || source %in% data$zero_rule
      silent <- !by_rule & length(asked) > 0 & seen & !(everyone %in% asked)
      anytime <- unanswered$row[unanswered$item == item & is.na(unanswered$period)]
      found <- found | (alive & (everyone %in% here(unanswered) | silent)) | everyone %in% anytime
    }
    found
  }
  observed <- list()
  for (source in unique(items$source)) for (name in names(periods)) {
    seen <- as.vector(observed_in(source, name))
    observed[[source]][[name]] <- seen & !open_in(source, name, seen)
    for (arm in unique(people$arm)) say("participants with cost observed",
      sum(observed[[source]][[name]] & people$arm == arm), source, name, arm)
  }
}

# ---- 6. Scores ------------------------------------------------------------------------------------

scored <- list()                                # measure -> participants by visits
at_best <- list()                               # the same, TRUE at the best profile
planned <- sort(unlist(study$visits))
if (!is.null(people) && length(planned) > 0) {
  grid <- function(fill) matrix(fill, nrow(people), length(planned),
                                dimnames = list(people$participant_id, names(planned)))
  place <- function(table) cbind(row_of(table$participant_id), match(table$visit, names(planned)))
  answered <- raw$responses[!is.na(raw$responses$level), ]
  for (tool in names(outcomes$instruments)) {
    one <- outcomes$instruments[[tool]]
    if (one$kind == "unscored") next
    whole <- if (is.null(one$questionnaire) || one$questionnaire == "") tool else one$questionnaire
    mine <- answered[answered$instrument == whole, ]
    value <- grid(NA_real_)
    best <- grid(NA)
    if (one$kind == "value_set") {
      # value = start + the term of each answer + the terms for any answer at or past a level
      terms <- read_table(value_sets[[one$value_set]])
      terms$value <- as.numeric(terms$value)
      if (!is.null(terms$level)) terms$level <- as.numeric(terms$level)
      whole_profiles <- any(terms$term == "profile")
      answers <- list()
      dimensions <- unique(terms$dimension[terms$term == "level"])
      sum_of <- grid(sum(terms$value[terms$term == "start"]))
      top <- grid(TRUE)
      asked <- if (length(one$items) > 0) unlist(one$items) else dimensions
      if (setequal(asked, dimensions)) asked <- dimensions
      if (whole_profiles) dimensions <- asked
      for (k in seq_along(dimensions)) {
        own <- terms[terms$term == "level" & terms$dimension == dimensions[k], ]
        rows <- mine[mine$item == asked[k], ]
        answer <- grid(NA_real_)
        answer[place(rows)] <- as.numeric(rows$level)
        answers[[dimensions[k]]] <- answer
        if (whole_profiles) next
        sum_of <- sum_of + own$value[match(answer, own$level)]
        top <- top & answer == own$level[which.max(own$value)]
      }
      for (k in which(terms$term %in% c("any", "all"))) {
        # Each dimension that the term names, with its own level where it has one: pain:3 mood:2.
        named <- if (is.na(terms$dimension[k]) || terms$dimension[k] == "") dimensions else
          strsplit(terms$dimension[k], " +")[[1]]
        met <- lapply(named, function(word) {
          parts <- strsplit(word, ":", fixed = TRUE)[[1]]
          answers[[parts[1]]] >= if (length(parts) > 1) as.numeric(parts[2]) else terms$level[k]
        })
        sum_of <- sum_of + terms$value[k] * Reduce(if (terms$term[k] == "any") `|` else `&`, met)
      }
      if (whole_profiles) {
        # The row of the profile, and of the sex and completed years of age where they differ.
        profile <- Reduce(function(a, b) ifelse(is.na(a) | is.na(b), NA, paste0(a, b)),
                          lapply(asked, function(item) as.character(answers[[item]])))
        blank <- function(x) is.null(x) | is.na(x) | x == ""
        means <- tapply(terms$value, terms$profile, mean)
        sum_of <- grid(NA_real_)
        for (k in seq_len(nrow(people))) {
          fits <- rep(TRUE, nrow(terms))
          if (!is.null(terms$sex)) fits <- fits & (blank(terms$sex) |
            terms$sex == people[[given(one$sex, "sex")]][k])
          age <- if (is.null(terms$age_from)) NA else
            floor(as.numeric(people[[given(one$age, "age")]][k]))
          if (!is.null(terms$age_from)) fits <- fits &
            (blank(terms$age_from) | as.numeric(terms$age_from) <= age) &
            (blank(terms$age_to) | as.numeric(terms$age_to) >= age)
          own <- terms[which(fits), ]
          at <- seq(k, by = nrow(people), length.out = length(planned))
          sum_of[k, ] <- own$value[match(profile[at], own$profile)]
          top[k, ] <- profile[at] == names(means)[which.max(means)]
        }
      }
      value[] <- sum_of
      best[] <- top
    } else {
      # The mean answer from 1 to L, high made good, brought from 1..L to the scale.
      L <- one$levels
      sums <- count <- high <- grid(0)
      for (item in one$items) {
        rows <- mine[mine$item == item, ]
        level <- as.numeric(rows$level)
        if (item %in% one$reversed) level <- L + 1 - level
        sums[place(rows)] <- sums[place(rows)] + level
        count[place(rows)] <- count[place(rows)] + 1
        high[place(rows)] <- high[place(rows)] + (level == L)
      }
      enough <- count > 0 & length(one$items) - count <= given(one$missing_items$up_to, 0)
      scale <- if (length(one$scale) == 2) one$scale else c(0, 1)
      value[enough] <- (scale[1] + (scale[2] - scale[1]) * (sums / count - 1) / (L - 1))[enough]
      best[enough] <- (high == count)[enough]
    }
    best[is.na(value)] <- NA
    scored[[one$measure]] <- value
    at_best[[one$measure]] <- best
  }
  for (measure in names(outcomes$measures_given)) {
    mine <- raw$measures_given[raw$measures_given$measure == measure, ]
    if (rows_of(mine) == 0) next
    value <- grid(NA_real_)
    value[place(mine)] <- as.numeric(mine$value)
    ceiling_at <- outcomes$measures_given[[measure]]$ceiling
    scored[[measure]] <- value
    at_best[[measure]] <- if (is.null(ceiling_at)) grid(NA) else abs(value - ceiling_at) <= 1e-9
  }
  # When each visit was held and who had died by then.
  status <- grid("missed")
  held <- grid(NA_real_)
  dies <- ifelse(is.na(people$death_years), Inf, people$death_years)
  if (rows_of(raw$visits) > 0) {
    status[place(raw$visits)] <- raw$visits$status
    who <- row_of(raw$visits$participant_id)
    held[place(raw$visits)] <- as.numeric(as.Date(raw$visits$date) - index[who]) / DAYS
  } else {
    for (measure in names(scored)) status[!is.na(scored[[measure]])] <- "attended"
    if (door == "scored") for (k in seq_along(planned))
      status[status[, k] == "missed" & !is.na(people$death_day) &
               people$death_day < round(planned[[k]] * DAYS), k] <- "dead"
  }
  # A visit is lost to death where it is marked so, or was not held and was planned after the death.
  by_person <- grid(dies)
  lost <- status == "dead" |
    (status != "attended" & matrix(planned, nrow(people), length(planned), byrow = TRUE) >= by_person)
  for (measure in names(scored)) for (visit in names(planned)) {
    value <- ifelse(lost[, visit], 0, scored[[measure]][, visit])      # after death a score is 0
    say("score", value, measure, visit, within = people$participant_id)
    say("participants at the best profile",
        sum(at_best[[measure]][!lost[, visit], visit], na.rm = TRUE), measure, visit)
  }
}

# ---- 7. Areas under curves ------------------------------------------------------------------------

# The area under straight lines through (times, values), flat beyond both ends, from 0 to the
# horizon; after death it is 0. Each piece lies within one year and is discounted by that year; or
# by (1 + r)^-t at every moment, whose integral with a straight line is in closed form.
area <- function(times, values, death) {
  stop_at <- min(death, horizon)
  if (outcomes$death == "linear" && death <= horizon) {
    times <- c(times, max(stop_at, max(times)))
    values <- c(values, 0)
  }
  later <- !duplicated(times, fromLast = TRUE)  # of two values at one time the later counts
  at <- function(t) if (sum(later) == 1) rep(values[later], length(t)) else
    approx(times[later], values[later], t, rule = 2)$y
  knots <- sort(unique(c(0, stop_at, seq(0, floor(stop_at)),
                         times[times > 0 & times < stop_at])))
  knots <- knots[knots <= stop_at]
  if (length(knots) < 2) return(0)
  a <- head(knots, -1)
  b <- tail(knots, -1)
  va <- at(a)
  vb <- at(b)
  r <- outcomes$discount_rate
  if (outcomes$discounting == "yearly" || r == 0)
    return(sum((va + vb) / 2 * (b - a) * (1 + r)^-floor((a + b) / 2)))
  force <- log(1 + r)
  slope <- (vb - va) / (b - a)
  upto <- function(v, t) -exp(-force * t) * (v / force + slope / force^2)
  sum(upto(vb, b) - upto(va, a))
}

gained <- list()
if (length(scored) > 0) {
  # Needed: visits planned before the horizon and the first at or after it, but for those lost to
  # death. One needed value missing makes the area missing.
  needed <- seq_along(planned) <= sum(planned < horizon) + 1
  for (name in names(outcomes$effects)) {
    effect <- outcomes$effects[[name]]
    if (effect$kind != "area_under_curve" || is.null(scored[[effect$measure]])) next
    value <- scored[[effect$measure]]
    areas <- sapply(seq_len(nrow(people)), function(i) {
      used <- needed & !lost[i, ]
      if (!used[1] || any(is.na(value[i, used]))) return(NA)
      times <- if (identical(outcomes$visit_times, "actual")) held[i, ] else {
        early <- ifelse(is.na(held[i, ]), dies[i], held[i, ])
        cummax(ifelse(status[i, ] == "attended" & planned > dies[i], pmin(early, dies[i]), planned))
      }
      area(times[used], value[i, used], dies[i])
    })
    gained[[name]] <- areas
    say("effect", areas, name, within = people$participant_id)
  }
}

# ---- 8. Observed case and adjusted contrasts ------------------------------------------------------

# The rows of an analysis: arm, cost, effect and the covariates as numbers.
rows_for <- function(analysis) {
  if (door == "totals") {
    people <- raw$totals
    own <- people[[analysis$population]]
    inside <- if (is.null(own)) rep(TRUE, nrow(people)) else is_true(own)
    cost <- as.numeric(people$cost)
    effect <- as.numeric(people$effect)
    special <- lapply(people[intersect(names(people), c("baseline_effect", "baseline_cost",
                                                        "baseline_at_ceiling"))], as_number)
    best <- analysis$ceiling_at_baseline
    if (!is.null(best) && is.null(special$baseline_at_ceiling))
      special$baseline_at_ceiling <- as.numeric(abs(special$baseline_effect - best) <= 1e-9)
  } else {
    inside <- member[[analysis$population]]
    effect <- gained[[analysis$outcome]]
    if (is.null(effect)) return(NULL)
    lines <- ledger[ledger$item %in% counted(analysis$perspective), ]
    starts <- sapply(periods, function(span) span[1])
    baseline <- names(periods)[sapply(periods, function(span) span[2]) <= 0]
    after <- setdiff(names(periods)[starts < horizon], baseline)
    cost <- numeric(nrow(people))
    before <- numeric(nrow(people))
    for (source in unique(lines$source)) {
      own <- lines[lines$source == source, ]
      add <- function(some) as.vector(tapply(own$cost[some], factor(own$row[some],
        seq_len(nrow(people))), sum, default = 0))
      seen <- Reduce(`&`, observed[[source]][after], rep(TRUE, nrow(people)))
      cost <- cost + ifelse(seen, add(!(own$period %in% baseline)), NA)
      seen <- Reduce(`&`, observed[[source]][baseline], rep(TRUE, nrow(people)))
      before <- before + ifelse(seen, add(own$period %in% baseline), NA)
    }
    measure <- outcomes$effects[[analysis$outcome]]$measure
    special <- list(baseline_effect = scored[[measure]][, 1],
                    baseline_at_ceiling = as.numeric(at_best[[measure]][, 1]))
    if (length(baseline) > 0) special$baseline_cost <- before
  }
  columns <- list()
  for (name in names(analysis$covariates)) {
    how <- analysis$covariates[[name]]
    column <- if (is.null(how$column) || how$column == "") name else how$column
    value <- special[[column]]
    if (is.null(value)) value <- people[[column]]
    kind <- given(data$covariates[[column]]$type, if (is.numeric(value)) "number" else "category")
    value <- value[inside]
    if (is.numeric(value) || kind %in% c("number", "boolean")) {
      columns[[name]] <- as_number(value) / given(how$divide_by, 1)
    } else {                                    # an indicator for each category but the reference
      levels <- sort(unique(value[!is.na(value)]), method = "radix")
      first <- if (is.null(how$reference) || how$reference == "") levels[1] else how$reference
      for (level in setdiff(levels, first)) {
        word <- gsub("^_+|_+$", "", gsub("[^[:alnum:]_]+", "_", tolower(level)))
        columns[[paste(name, word, sep = "_")]] <- as.numeric(value == level)
      }
    }
  }
  list(arm = people$arm[inside], cost = cost[inside], effect = effect[inside],
       covariates = columns)
}
as_number <- function(value) if (is.numeric(value)) value else
  ifelse(is.na(value), NA, ifelse(is_true(value), 1,
         suppressWarnings(as.numeric(ifelse(value %in% c("false", "False", "FALSE"), "0", value)))))

# Seemingly unrelated regressions (Zellner 1962, doi 10.1080/01621459.1962.10480664). With e the
# least-squares residuals of equation i and k its number of coefficients,
# S_ij = e_i'e_j / sqrt((n - k_i)(n - k_j)): division by DEGREES OF FREEDOM, not n. The coefficients
# are generalised least squares with S; their covariance is (X' S^-1 X)^-1. Below W is S^-1, and a
# column that others add up to is left out first.
unrelated <- function(y, X) {
  n <- nrow(y)
  scale <- apply(y, 2, sd)
  scale[!is.finite(scale) | scale == 0] <- 1
  y <- sweep(y, 2, scale, "/")                  # both equations in units near one
  X <- lapply(X, function(x) {
    fit <- qr(x, tol = 1e-8)
    x[, sort(fit$pivot[seq_len(fit$rank)]), drop = FALSE]
  })
  e <- sapply(1:2, function(i) qr.resid(qr(X[[i]]), y[, i]) / sqrt(n - ncol(X[[i]])))
  W <- solve(crossprod(e))
  left <- rbind(cbind(W[1, 1] * crossprod(X[[1]]), W[1, 2] * crossprod(X[[1]], X[[2]])),
                cbind(W[2, 1] * crossprod(X[[2]], X[[1]]), W[2, 2] * crossprod(X[[2]])))
  right <- c(W[1, 1] * crossprod(X[[1]], y[, 1]) + W[1, 2] * crossprod(X[[1]], y[, 2]),
             W[2, 1] * crossprod(X[[2]], y[, 1]) + W[2, 2] * crossprod(X[[2]], y[, 2]))
  units <- rep(scale, sapply(X, ncol))
  V <- solve(left)
  list(b = as.vector(V %*% right) * units, V = V * outer(units, units), second = ncol(X[[1]]))
}

others <- setdiff(arms, study$comparator)
for (name in names(analyses)) {
  analysis <- analyses[[name]]
  rows <- if (door == "draws") NULL else rows_for(analysis)
  if (is.null(rows)) next
  for (kind in c("cost", "effect")) {
    y <- rows[[kind]]
    means <- sapply(arms, function(arm) mean(y[rows$arm == arm], na.rm = TRUE))
    say(paste("participants with", kind), sapply(arms, function(arm)
      sum(!is.na(y[rows$arm == arm]))), name, arms)
    say(paste("observed mean", kind), means, name, arms)
    say(paste("observed difference in", kind), means[others] - means[[study$comparator]], name,
        others)
    # Least squares on arm and covariates among those with all observed.
    x <- do.call(cbind, c(list(1), lapply(others, function(arm) as.numeric(rows$arm == arm)),
                          rows$covariates))
    whole <- !is.na(y) & !apply(is.na(x), 1, any)
    some <- which(sapply(others, function(arm) any(rows$arm[whole] == arm)))
    if (length(some) > 0 && sum(whole) > ncol(x)) {
      found <- lm.fit(x[whole, , drop = FALSE], y[whole], tol = 1e-8)$coefficients
      say(paste("adjusted difference in", kind), found[1 + some], name, others[some])
      say(paste("participants in the adjusted difference in", kind), rep(sum(whole), length(some)),
          name, others[some])
    }
  }
  # Both outcomes together; a covariate that is not known is at its mean.
  present <- Filter(function(arm) any(rows$arm == arm), others)
  whole <- !is.na(rows$cost) & !is.na(rows$effect)
  design <- function(wanted) {
    filled <- lapply(rows$covariates[wanted], function(v) ifelse(is.na(v), mean(v, na.rm = TRUE), v))
    x <- c(list(rep(1, length(rows$arm))),
           lapply(present, function(arm) as.numeric(rows$arm == arm)), filled)
    do.call(cbind, unname(x))[whole, , drop = FALSE]
  }
  wanted <- lapply(c("cost", "effect"), function(kind) {
    own <- analysis[[paste0(kind, "_covariates")]]
    if (is.null(own)) setdiff(names(rows$covariates), "baseline_at_ceiling") else own
  })
  X <- lapply(wanted, design)
  if (length(present) == 0 || sum(whole) <= 2 + max(sapply(X, ncol)) ||
      any(sapply(present, function(arm) !any(rows$arm[whole] == arm)))) next
  fit <- unrelated(cbind(rows$cost, rows$effect)[whole, ], X)
  places <- seq_along(present) + 1
  C <- fit$b[places]
  E <- fit$b[fit$second + places]
  var_C <- diag(fit$V)[places]
  var_E <- diag(fit$V)[fit$second + places]
  cov_CE <- fit$V[cbind(places, fit$second + places)]
  say("regression contrast in cost", C, name, present)
  say("regression contrast in effect", E, name, present)
  say("standard error of the contrast in cost", sqrt(var_C), name, present)
  say("standard error of the contrast in effect", sqrt(var_E), name, present)
  say("correlation of the contrasts", cov_CE / sqrt(var_C * var_E), name, present)

  # `wtp` is a willingness to pay for one unit of the outcome.
  # ---- 9. Normal theory: net benefit, its standard error, the probability that it is positive -----
  for (wtp in analysis$shown) {
    net <- wtp * E - C
    error <- sqrt(wtp^2 * var_E + var_C - 2 * wtp * cov_CE)
    say("net benefit by normal theory", net, name, present, within = wtp)
    say("standard error of net benefit by normal theory", error, name, present, within = wtp)
    say("acceptability by normal theory", pnorm(net / error), name, present, within = wtp)
  }
}

# ---- 10. What follows from the draws --------------------------------------------------------------

# Draws stand one a row, arms in columns: the joint posterior of mean cost and mean effect.
for (name in names(draw_files)) {
  interval <- thresholds[[name]]$interval
  ends <- c((1 - interval) / 2, 1 - (1 - interval) / 2)
  cost <- sapply(read_table(draw_files[[name]]$costs), as.numeric)
  effect <- sapply(read_table(draw_files[[name]]$effects), as.numeric)[, colnames(cost)]
  there <- intersect(arms, colnames(cost))
  cost <- cost[, there, drop = FALSE]
  effect <- effect[, there, drop = FALSE]
  spread <- function(quantity, value, ...) {
    say(paste("mean", quantity), mean(value), ...)
    say(paste("lower end,", quantity), quantile(value, ends[1], type = 7), ...)
    say(paste("upper end,", quantity), quantile(value, ends[2], type = 7), ...)
  }
  for (arm in there) {
    spread("cost of the draws", cost[, arm], name, arm)
    spread("effect of the draws", effect[, arm], name, arm)
  }
  # The frontier: from the cheapest arm always on to the one with the smallest cost per unit gained.
  mean_cost <- colMeans(cost)
  mean_effect <- colMeans(effect)
  here <- order(mean_cost, -mean_effect)[1]
  on <- here
  repeat {
    next_ones <- which(mean_effect > mean_effect[here])
    if (length(next_ones) == 0) break
    step <- (mean_cost[next_ones] - mean_cost[here]) / (mean_effect[next_ones] - mean_effect[here])
    best <- next_ones[abs(step - min(step)) <= 1e-12 * max(1, abs(min(step)))]
    here <- best[which.min(mean_effect[best])]
    on <- c(on, here)
  }
  say("on the frontier", seq_along(there) %in% on, name, there)
  for (k in seq_along(on)[-1]) {
    say("step in cost on the frontier", mean_cost[on[k]] - mean_cost[on[k - 1]], name, there[on[k]])
    say("step in effect on the frontier", mean_effect[on[k]] - mean_effect[on[k - 1]], name,
        there[on[k]])
  }
  grid_of <- thresholds[[name]]
  wtps <- grid_of$low + grid_of$step * (0:floor((grid_of$high - grid_of$low) / grid_of$step + 1e-9))
  wtps <- sort(unique(c(wtps, grid_of$high, grid_of$marked)))
  for (arm in intersect(others, there)) if (study$comparator %in% there) {
    dC <- cost[, arm] - cost[, study$comparator]
    dE <- effect[, arm] - effect[, study$comparator]
    spread("difference in cost", dC, name, arm)
    spread("difference in effect", dE, name, arm)
    ratio <- if (mean(dC) * mean(dE) > 0) mean(dC) / mean(dE) else NA
    say("cost per unit of effect", ratio, name, arm)
    north <- (sign(dC) + 1) / 2                     # 1, 0, and a half on the axis itself
    east <- (sign(dE) + 1) / 2
    say("probability of a quadrant", c(mean(north * east), mean(north * (1 - east)),
        mean((1 - north) * east), mean((1 - north) * (1 - east))), name, arm,
        c("ne", "nw", "se", "sw"))
    for (wtp in wtps) {
      net <- wtp * dE - dC
      say("mean net benefit", mean(net), name, arm, within = wtp)
      bounds <- quantile(net, ends, type = 7)
      say("lower end, net benefit", bounds[1], name, arm, within = wtp)
      say("upper end, net benefit", bounds[2], name, arm, within = wtp)
      say("probability of positive net benefit", mean((sign(net) + 1) / 2), name, arm, within = wtp)
    }
  }
  for (wtp in wtps) {
    net <- wtp * effect - cost
    most <- do.call(pmax, as.data.frame(net))
    is_best <- net == most
    say("acceptability", colMeans(is_best / rowSums(is_best)), name, there, within = wtp)
    say("preferred", colMeans(net) == max(colMeans(net)), name, there, within = wtp)
    say("expected loss", colMeans(most - net), name, there, within = wtp)
    say("value of perfect information", mean(most) - max(colMeans(net)), name, within = wtp)
  }
}

# ---- The figures ----------------------------------------------------------------------------------

target <- commandArgs(trailingOnly = TRUE)
said <- as.data.frame(sapply(c("quantity", "of", "within", "value"), simplify = FALSE,
                             function(part) unlist(lapply(said, `[[`, part))))
said$value <- formatC(said$value, digits = 15, format = "g", width = 1)
said$value[said$value %in% c("NA", "NaN")] <- ""
if (isTRUE(study$synthetic)) said$synthetic <- rep("true", nrow(said))
write.csv(said, if (length(target) > 0) target[1] else "figures.csv", row.names = FALSE, na = "",
          quote = c(1, 2, 3))
