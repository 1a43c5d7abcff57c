#!/bin/sh
# 一个月的每夜核查：拿虚构县的记录，逐日改动数据、规则包和豁免，办理整改，每夜核查一次，看台账怎样变化。
# 用法：sh samples/nightly/month.sh 新文件夹 [guiju 程序]
# 完成后，新文件夹里有台账.db、豁免.toml、每夜的屏幕显示（夜/日.txt）和月末的各种清单。
# Plays a month of nights on the sample county. tests/month.rs holds what each night says.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${1:?缺少新文件夹}
guiju=${2:-guiju}
mkdir "$work"
cp -R "$here/../county" "$work/记录"
cp -R "$here/../profiles/yunze" "$work/yunze"
cd "$work"
mkdir 夜 月
rm 记录/EXPECTED.csv 记录/guiju.toml
printf 'title = "云泽县核查口径"\npacks = ["yunze"]\n' > 口径.toml
printf '# 本县经批准的豁免。\n' > 豁免.toml

# 一夜：核查、与上一夜比较、记入台账。退出码 1 是有违规，5 是有行没有采用，都不算失败。
night() {
  code=0
  "$guiju" nightly 记录 --profile 口径.toml --waivers 豁免.toml --ledger 台账.db --as-of "2026-06-$1" \
    --report "csv=夜/$1.csv" > "夜/$1.txt" 2> "夜/$1.err" || code=$?
  echo "$code" > "夜/$1.code"
  case $code in 0 | 1 | 5) ;; *) cat "夜/$1.err" >&2; exit "$code" ;; esac
}
# 数据：加一行，删一行（按编码），改一行（按编码，sed 的写法）。
add() { printf '%s\n' "$2" >> "记录/$1.csv"; }
drop() { grep -v "^$2," "记录/$1.csv" > 临时; mv 临时 "记录/$1.csv"; }
fix() { sed "/^$2,/$3" "记录/$1.csv" > 临时; mv 临时 "记录/$1.csv"; }
# 整改：按规则和对象找事项的序号；王五办一件事。
item() { "$guiju" rectify list --ledger 台账.db --limit 0 --format csv | grep ",$1,$2" | cut -d , -f 1; }
wang() { "$guiju" "$@" --ledger 台账.db --as 王五 > /dev/null; }

# 1日，周一：第一次核查，全部问题记入台账。
night 01

# 2日：登记经办人，分派几个问题。数据没有动；两件事随日期变了：只知道到月的“2026-06”“2025-12”不再一定是哪一边。
"$guiju" ledger user 王五 --post 干部监督科科长 --ledger 台账.db > /dev/null
"$guiju" ledger user 赵六 --post 干部监督科科员 --ledger 台账.db > /dev/null
visit=$(item HF001 C-2024-060)
talk=$(item TH001 C-2024-047)
merit=$(item TH006 E0047)
quota=$(item ZS001 U08/)
wang rectify assign "$visit" --to U41 --leader 分管领导甲 --person 经办人乙 --kind 立行立改 --due 2026-06-12 --measures 补做回访
wang rectify assign "$talk" --to U38 --kind 限期整改 --due 2026-06-20 --measures 补谈话
wang rectify assign "$merit" --to U31 --kind 限期整改 --due 2026-07-10
wang rectify assign "$quota" --to U08 --kind 限期整改 --due 2026-12-31 --measures 逐年消化
night 02

# 3日：查到 C-2024-060 当年的回访记录，五道程序补录五行。
n=0
for kind in 征求意见 个别谈话 实地了解 反馈意见 整改提高; do
  n=$((n + 1))
  add visit "V900$n,P0599,C-2024-060,$kind,2024-09-30"
done
night 03

# 4日：导出的文件换了名字和行序，内容一字未改。
{ head -n 1 记录/person.csv; tail -n +2 记录/person.csv | sort -r; } > 记录/人员.csv
rm 记录/person.csv
night 04

# 5日：王五核对回访记录原件，销号。
printf '回访记录表扫描件\n' > 回访记录.txt
wang rectify attach "$visit" 回访记录.txt
wang rectify close "$visit" --opinion 回访记录原件已核对 --document 云组监〔2026〕12号
night 05

# 8日：县委批准两项豁免，一项到20日为止。C-2026-026 的公示3月9日期满，到前一天已满九十日。
approve() { wang waive add "$@" 记录 --profile 口径.toml --waivers 豁免.toml --as-of 2026-06-08 --approver 县委书记; }
approve JL001 --person P0513 --reason 换届前保持班子稳定 --document 云委〔2026〕21号 --expires 2026-06-20
approve JL003 --person P0532 --reason 巡察期间暂缓交流 --document 云委〔2026〕22号 --expires 2026-11-30
night 08

# 9日：县里发文，四十五日内回访（原为两个月），规则包改了一处；以前任职的也照此核查。
cat >> yunze/pack.toml <<'RULE'

[[change]]
rule   = "HF001"
set    = { window = "45日" }
was    = { window = "2个月" }
reason = "云组发〔2026〕8号：新任职干部四十五日内回访"
RULE
night 09

# 10日：没有改动。
night 10

# 11日：查明 E0047 是重复登记的事项，从记录中删去。
drop event E0047
night 11

# 12日，周五：对 P0553 诫勉，书面检查须在五个工作日内提交。
add talk T9001,P0553,诫勉,2026-06-12,县委组织部,,,,
night 12

# 15日：C-2026-026 重新公示，15日至19日。没有想到19日是端午节。
add step S90001,C-2026-026,任前公示,2026-06-15,2026-06-19,县委组织部,,,,,,,,,,张榜、县电视台、县政府网站,姓名、性别、民族、出生年月、政治面貌、学历学位、参加工作时间、现任职务、主要简历、拟任职务,,,,,,
night 15

# 16日：公示截止日期改为22日（15、16、17、18、22，五个工作日）。
fix step S90001 's/2026-06-19/2026-06-22/'
night 16

# 17日：U38 报来情况，记进展。
wang rectify progress "$talk" --state 整改中 --progress 已约定谈话时间
night 17

# 18日：P0532 的任职起始经核对档案更正，当时据以豁免的数据变了，豁免失效。
fix post W1480 's/2020-09-16/2020-08-16/'
night 18

# 19日，端午节；20日，周六，第一项豁免的最后一天；21日，周日，豁免到期。
night 19
night 20
night 21

# 22日：诫勉后五个工作日的最后一天（15、16、17、18、22，19日放假不算）。
night 22

# 23日：书面检查没有交，逾期。回访记录查明是别人的，删去五行：已销号的又出现。
grep -v '^V9.*,P0599,C-2024-060,' 记录/visit.csv > 临时
mv 临时 记录/visit.csv
night 23

# 24日：交来书面检查；U38 找到了当时的谈话记录。
fix talk T9001 's/,,,,$/,,,2026-06-24,/'
add talk T9002,P0535,任前谈话,2024-06-10,县委组织部,C-2024-047,,,
night 24

# 25日：导出时出错，任免事项表有一行的人员编码写坏了。
cp 记录/case.csv 原件
fix case C-2023-037 's/P0469/P9999/'
night 25

# 26日：重新导出。发出整改清单。
mv 原件 记录/case.csv
night 26
"$guiju" rectify draft --ledger 台账.db --unit U41 --as-of 2026-06-26 --output 整改清单.xlsx 2> 发出.txt
"$guiju" rectify draft --ledger 台账.db --unit U41 --as-of 2026-06-26 --issuer 中共云泽县委组织部 --reply-by 2026-07-10 --output 整改通知.docx 2>> 发出.txt

# 29日：王五销一项。另一项单位报称已经消化，核查仍然发现，不准销号。
wang rectify close "$talk" --opinion 谈话记录已核对
wang rectify progress "$quota" --state 待核验 --progress 单位报称已消化
if "$guiju" rectify close "$quota" --opinion 已批 --ledger 台账.db --as 王五 > 拒绝.txt 2>&1; then exit 1; fi
night 29

# 30日：月末。
night 30
"$guiju" history --ledger 台账.db > 月/历次.txt
"$guiju" diff 1 last --ledger 台账.db > 月/与月初比较.txt
"$guiju" rectify list --ledger 台账.db --as-of 2026-06-30 --limit 0 > 月/整改台账.txt
"$guiju" rectify list --ledger 台账.db --as-of 2026-06-30 --overdue > 月/已超期.txt
"$guiju" rectify list --ledger 台账.db --as-of 2026-06-30 --state 待核验 > 月/待核验.txt
"$guiju" rectify show "$visit" --ledger 台账.db > 月/一项始末.txt
"$guiju" rectify rates --ledger 台账.db > 月/完成率.txt
"$guiju" waive list --waivers 豁免.toml > 月/豁免.txt
"$guiju" ledger verify --ledger 台账.db > 月/核对.txt
