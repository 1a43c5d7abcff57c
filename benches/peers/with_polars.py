"""The twelve rules in Polars over a SQLite file (read by connectorx): prints code, verdict and how many, a line each."""
import datetime
import os
import sys

os.environ["POLARS_MAX_THREADS"] = "2"
import polars as pl
from polars import col, lit

import sqlite

PATH = os.path.abspath(sys.argv[1])
DAY = datetime.date(2026, 6, 30)
FAR = datetime.date(9999, 1, 1)
LEVELS = ["国家级正职", "国家级副职", "省部级正职", "省部级副职", "厅局级正职", "厅局级副职", "县处级正职", "县处级副职", "乡科级正职", "乡科级副职", "科员级", "办事员级"]
RANKS = dict(zip(["一级巡视员", "二级巡视员", "一级调研员", "二级调研员", "三级调研员", "四级调研员", "一级主任科员", "二级主任科员", "三级主任科员", "四级主任科员", "一级科员", "二级科员"],
                 [4, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 11]))
found = []


def tell(code, frame, verdict):
    """Counts the rows of a frame by verdict; null is no finding."""
    counts = frame.lazy().select(verdict.alias("v")).filter(col("v").is_not_null()).group_by("v").len().collect()
    found.extend((code, v, n) for v, n in counts.iter_rows())


def said(condition, verdict):
    return pl.when(condition).then(lit(verdict))


def date(name):
    return col(name).str.to_date("%Y-%m-%d")


def table(name):
    return pl.from_arrow(sqlite.arrow(PATH, name))


def level(name):
    return col(name).replace_strict(LEVELS, list(range(12)), default=None, return_dtype=pl.Int32)


def days(n):
    return pl.duration(days=n)


def months(a, b):
    """Whole months from a to b."""
    n = (b.dt.year().cast(pl.Int32) - a.dt.year()) * 12 + b.dt.month().cast(pl.Int32) - a.dt.month()
    return n - (pl.min_horizontal(a.dt.day(), b.dt.month_end().dt.day()) > b.dt.day()).cast(pl.Int32)


def merged(spans, key):
    """Spans [b, e) that touch or overlap as one."""
    spans = spans.filter(col("b") < col("e")).sort(key, "b", "e")
    spans = spans.with_columns(apart=(col("b") > col("e").cum_max().shift(1).over(key)).fill_null(False))
    spans = spans.with_columns(i=col("apart").cum_sum().over(key))
    return spans.group_by(key, "i").agg(col("b").min(), col("e").max()).with_columns(m=months(col("b"), col("e")))


KINDS = ["动议", "会议推荐", "谈话推荐", "确定考察对象", "考察", "讨论决定", "复议", "任前公示", "任职通知", "到岗", "试用期满考核"]
s = table("step").filter(col("kind").is_in(KINDS)).select(
    "case_id", "kind", "due", "present", "ayes", "result", id="step_id", b=date("start"), e=pl.coalesce("end", "start").str.to_date("%Y-%m-%d"))
latest = s.sort("b", "e", "id").unique(["case_id", "kind"], keep="last", maintain_order=True)
of = lambda kind: latest.filter(col("kind") == kind)
decision = (latest.filter(col("kind").is_in(["讨论决定", "复议"])).unique("case_id", keep="last", maintain_order=True)
            .filter(~col("result").fill_null("").is_in(["未通过", "不同意"])).select("case_id", decided="e"))
unit = table("unit").select("unit_id", unit_kind="kind")
c = (table("case").filter(col("status").fill_null("") != "终止").with_columns(lv=level("level"), chief=col("chief") == 1, reshuffle=col("reshuffle").fill_null(0) == 1,
                                                                             promoted=(col("kind") == "提拔") & (col("leader") == 1))
     .join(decision, "case_id", "left").join(unit, "unit_id", "left")
     .join(of("任职通知").select("case_id", appointed="b"), "case_id", "left").join(of("到岗").select("case_id", arrived="b"), "case_id", "left"))
person = table("person").select("person_id", active=~col("status").fill_null("").is_in(["退休", "调出", "辞职", "辞退", "开除", "去世"]))
office = col("kind").is_in(["任职", "主持工作", "试任"])
p = (table("post").with_columns(lv=level("level"), office=office, leads=office & (col("leader") == 1), chief=col("chief") == 1, b=date("start"), e=date("end").fill_null(FAR))
     .join(unit, "unit_id", "left").join(person, "person_id", "left"))
g = table("rank").select("person_id", lv=col("rank").replace_strict(RANKS, return_dtype=pl.Int32), b=date("start"), e=date("end").fill_null(FAR))
talk = table("talk").select("person_id", "kind", d=date("date"))
audit = table("audit").filter((col("kind") == "任前") & col("reported").is_not_null()).select("person_id", d=date("reported"))
exists = lambda pairs: pairs.select("case_id").unique()

# GS002
marks = pl.read_csv("rules/calendar/holidays.csv").select(d=date("date"), mark="kind")
calendar = pl.DataFrame({"d": pl.date_range(datetime.date(2004, 1, 1), datetime.date(2026, 12, 31), eager=True)}).join(marks, "d", "left").sort("d")
calendar = calendar.select("d", n=((col("mark") == "work").fill_null(False) | (col("mark").is_null() & (col("d").dt.weekday() <= 5))).cast(pl.Int32).cum_sum())
notice = (of("任前公示").join(c.select("case_id"), "case_id").with_columns(day_before=col("b") - days(1))
          .join(calendar.rename({"n": "until"}), left_on="e", right_on="d", how="left").join(calendar.rename({"n": "before"}), left_on="day_before", right_on="d", how="left"))
new, old = lit(datetime.date(2014, 1, 14)), lit(datetime.date(2002, 7, 9))
tell("GS002", notice, pl.when((col("b") >= new) & (col("until") - col("before") < 5)).then(lit("违规"))
     .when((col("b") >= old) & (col("b") < new) & ((col("e") - col("b")).dt.total_days() + 1 < 7)).then(lit("提醒")))

# SY001
x = c.filter(col("promoted") & col("mode").is_in(["委任", "公开选拔", "竞争上岗"]) & (col("lv") >= 4) & col("committee").is_null() & ~col("chief")
             & col("appointed").is_between(datetime.date(2001, 2, 6), DAY)).with_columns(full=col("appointed").dt.offset_by("1y"))
x = x.with_columns(due=col("full") + days(30))
left = exists(x.join(p.select("case_id", "e"), "case_id").filter(col("e") < col("full")))
reviewed = exists(x.join(s.filter(col("kind") == "试用期满考核").select("case_id", "b"), "case_id").filter(col("b") <= col("due")))
x = x.join(left, "case_id", "anti").join(reviewed, "case_id", "anti")
tell("SY001", x, pl.when(col("due") < DAY).then(lit("提醒")).when(col("due") - days(30) <= DAY).then(lit("预警")))

# JD003, JD004
met = of("讨论决定").join(c.select("case_id"), "case_id")
tell("JD003", met, said(col("present") * 3 < col("due") * 2, "违规"))
tell("JD004", met, said((col("ayes") * 2 <= col("due")) & ~col("result").fill_null("").is_in(["未通过", "不同意"]), "违规"))

# SX001
stage = {"动议": 1, "会议推荐": 2, "谈话推荐": 2, "确定考察对象": 3, "考察": 4, "讨论决定": 5, "任前公示": 6, "任职通知": 7}
stages = (latest.join(c.select("case_id", "reshuffle"), "case_id").with_columns(n=col("kind").replace_strict(stage, default=None, return_dtype=pl.Int32))
          .filter(col("n").is_not_null() & ~((col("n") == 6) & col("reshuffle"))).group_by("case_id", "n").agg(col("b").min(), col("e").max()).sort("case_id", "n"))
tell("SX001", stages.with_columns(before=col("e").shift(1).over("case_id")), said(col("b") < col("before"), "违规"))

# RZ001
x = c.filter(col("promoted") & col("appointed").is_not_null()).with_columns(last_day=pl.coalesce("arrived", col("appointed") + days(15))).filter(col("last_day") < DAY)
talked = exists(x.join(talk.filter(col("kind").is_in(["任前谈话", "提拔谈话"])), "person_id").filter((col("d") <= col("last_day")) & (col("decided").is_null() | (col("d") >= col("decided")))))
tell("RZ001", x.join(talked, "case_id", "anti"), pl.when(col("promoted")).then(lit("提醒")))

# ZG004, ZG005
up = c.filter(col("promoted") & (col("lv") <= 7) & col("exception").is_null() & col("decided").is_not_null()).select("case_id", "person_id", "decided", up="lv")
mine = up.join(p.filter("office").select("person_id", "lv", "b", "e", of_case="case_id"), "person_id")
ranks = up.join(g, "person_id")
now = (col("b") <= col("decided")) & (col("e") >= col("decided"))
held = pl.concat([mine.filter(now & col("of_case").ne_missing(col("case_id"))).select("case_id", "lv"), ranks.filter(now).select("case_id", "lv")]).group_by("case_id").agg(held=col("lv").min())
starts = mine.filter(col("lv") == col("up") + 1).join(decision.rename({"case_id": "of_case", "decided": "since"}), "of_case", "left")
spans = pl.concat([starts.select("case_id", b=pl.coalesce("since", "b"), e=pl.min_horizontal(col("e") + days(1), "decided")),
                   ranks.filter(col("lv") == col("up") + 1).select("case_id", "b", e=pl.min_horizontal(col("e") + days(1), "decided"))])
served = merged(spans, "case_id").group_by("case_id").agg(col("m").sum())
x = up.join(held, "case_id").join(served, "case_id", "left").filter(col("held") == col("up") + 1)
for code, rest, least in [("ZG004", 0, 24), ("ZG005", 1, 36)]:
    tell(code, x.filter(col("up") % 2 == rest), said(col("m").fill_null(0) < least, "违规"))

# RQ001, RQ002
bound = col("leads") & (col("lv") <= 7) & (col("unit_kind").is_in(["党委", "政府"]) | (col("chief") & col("unit_kind").is_in(["纪委监委", "法院", "检察院"])))
current = (col("b") <= DAY) & (col("e") >= DAY) & col("active")
key = ["person_id", "unit_id", "title"]
spell = p.sort(*key, "b", "e", "post_id").with_columns(apart=(col("b") > col("e").shift(1).over(key) + days(1)).fill_null(False)).with_columns(i=col("apart").cum_sum().over(key))
spell = spell.group_by(*key, "i", maintain_order=True).agg(col("b").first(), *(col(n).last() for n in ["e", "lv", "leads", "chief", "unit_kind", "active"]))
spell = spell.filter(current & bound).with_columns(due=col("b").dt.offset_by("10y"))
deadline = lambda worst: pl.when(col("due") <= DAY).then(worst).when(col("due") - days(180) <= DAY).then(lit("预警"))
tell("RQ001", spell, deadline(lit("违规")))
top = p.filter(current & col("leads")).group_by("person_id").agg(top=col("lv").min(), bound=bound.any()).filter(col("top") <= 9)
spans = p.filter("leads").join(top, "person_id").filter((col("lv") == col("top")) & (col("b") <= col("e"))).select("person_id", "b", e=col("e") + days(1))
held = merged(spans, "person_id").sort("person_id", "b").with_columns(total=col("m").cum_sum().over("person_id"))
held = held.filter((col("total") >= 180) & (col("total") - col("m") < 180)).with_columns(owed=180 - (col("total") - col("m")))
held = held.with_columns(due=col("b").dt.offset_by(pl.format("{}mo", col("owed")))).join(top, "person_id")
tell("RQ002", held, deadline(pl.when("bound").then(lit("违规")).otherwise(lit("提醒"))))

# TH001
x = c.filter(col("kind").is_in(["提拔", "交流", "平级调整"]) & (col("appointed") + days(15) < DAY))
talked = exists(x.join(talk.filter(col("kind").is_in(["任前谈话", "提拔谈话", "交流谈话", "调整谈话"])), "person_id").filter((col("d") - col("appointed")).dt.total_days().abs() <= 15))
tell("TH001", x.join(talked, "case_id", "anti"), pl.when(col("appointed").is_not_null()).then(lit("提醒")))

# SJ001
x = c.filter((col("promoted") | (col("kind") == "交流")) & col("chief") & (col("unit_kind") == "乡镇") & col("decided").is_not_null())
audited = exists(x.join(audit, "person_id").filter((col("d") <= col("decided")) & (col("d") >= col("decided").dt.offset_by("-12mo"))))
tell("SJ001", x.join(audited, "case_id", "anti"), pl.when(col("chief")).then(lit("提醒")))

for line in sorted(found):
    print(*line)
