//! A form as filled in: the text of each field, whatever file it came in.

/// The fields of a 干部任免审批表.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::ingest) enum Field {
    Name,
    Gender,
    Birth,
    Ethnicity,
    NativePlace,
    Birthplace,
    Party,
    Affiliation,
    WorkDate,
    Health,
    Technical,
    Skills,
    FullTimeEducation,
    FullTimeDegree,
    FullTimeSchool,
    FullTimeDegreeSchool,
    PartTimeEducation,
    PartTimeDegree,
    PartTimeSchool,
    PartTimeDegreeSchool,
    Current,
    Proposed,
    Removed,
    Resume,
    Rewards,
    Assessments,
    Reason,
    Kin,
    ReportedBy,
    AgeOn,
    FilledOn,
    FilledBy,
    IdNumber,
    RetiresOn,
    AgeLimit,
    Photo,
    Version,
}

impl Field {
    /// Every field with its element in `.lrmx` and its name on paper, in the order of the form.
    pub(super) const ALL: [(Self, &'static str, &'static str); 37] = [
        (Self::Name, "XingMing", "姓名"),
        (Self::Gender, "XingBie", "性别"),
        (Self::Birth, "ChuShengNianYue", "出生年月"),
        (Self::Ethnicity, "MinZu", "民族"),
        (Self::NativePlace, "JiGuan", "籍贯"),
        (Self::Birthplace, "ChuShengDi", "出生地"),
        (Self::Party, "RuDangShiJian", "入党时间"),
        (Self::Affiliation, "ZhengZhiMianMao", "政治面貌"),
        (Self::WorkDate, "CanJiaGongZuoShiJian", "参加工作时间"),
        (Self::Health, "JianKangZhuangKuang", "健康状况"),
        (Self::Technical, "ZhuanYeJiShuZhiWu", "专业技术职务"),
        (Self::Skills, "ShuXiZhuanYeYouHeZhuanChang", "熟悉专业有何专长"),
        (Self::FullTimeEducation, "QuanRiZhiJiaoYu_XueLi", "全日制学历"),
        (Self::FullTimeDegree, "QuanRiZhiJiaoYu_XueWei", "全日制学位"),
        (Self::FullTimeSchool, "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "全日制学历院校系及专业"),
        (Self::FullTimeDegreeSchool, "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "全日制学位院校系及专业"),
        (Self::PartTimeEducation, "ZaiZhiJiaoYu_XueLi", "在职学历"),
        (Self::PartTimeDegree, "ZaiZhiJiaoYu_XueWei", "在职学位"),
        (Self::PartTimeSchool, "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi", "在职学历院校系及专业"),
        (Self::PartTimeDegreeSchool, "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi", "在职学位院校系及专业"),
        (Self::Current, "XianRenZhiWu", "现任职务"),
        (Self::Proposed, "NiRenZhiWu", "拟任职务"),
        (Self::Removed, "NiMianZhiWu", "拟免职务"),
        (Self::Resume, "JianLi", "简历"),
        (Self::Rewards, "JiangChengQingKuang", "奖惩情况"),
        (Self::Assessments, "NianDuKaoHeJieGuo", "年度考核结果"),
        (Self::Reason, "RenMianLiYou", "任免理由"),
        (Self::Kin, "JiaTingChengYuan", "家庭成员"),
        (Self::ReportedBy, "ChengBaoDanWei", "呈报单位"),
        (Self::AgeOn, "JiSuanNianLingShiJian", "计算年龄时间"),
        (Self::FilledOn, "TianBiaoShiJian", "填表时间"),
        (Self::FilledBy, "TianBiaoRen", "填表人"),
        (Self::IdNumber, "ShenFenZheng", "身份证"),
        (Self::RetiresOn, "DaoLingNianYue", "到龄年月"),
        (Self::AgeLimit, "GaiGeQianRenZhiNianLingJieXian", "改革前任职年龄界限"),
        (Self::Photo, "ZhaoPian", "照片"),
        (Self::Version, "Version", "版本"),
    ];

    fn names(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(field, ..)| *field == self).map_or(("", ""), |(_, element, zh)| (*element, *zh))
    }

    /// Its name on paper.
    pub(super) fn zh(self) -> &'static str {
        self.names().1
    }

    /// How places in a form of a kind are told: by elements in XML, by names on paper in text.
    pub(super) fn label(self, kind: Kind) -> &'static str {
        match kind {
            Kind::Lrmx => self.names().0,
            Kind::Lrm => self.names().1,
        }
    }

    /// The field of an element.
    pub(super) fn of_element(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, element, _)| *element == name).map(|(field, ..)| *field)
    }
}

/// The two files a form comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest) enum Kind {
    /// XML.
    Lrmx,
    /// Thirty-three texts in quotes.
    Lrm,
}

/// A relative, cell by cell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ingest) struct Relative {
    pub relation: String,
    pub name: String,
    pub birth: String,
    pub party: String,
    pub work: String,
}

impl Relative {
    fn is_blank(&self) -> bool {
        [&self.relation, &self.name, &self.birth, &self.party, &self.work].iter().all(|t| t.trim().is_empty())
    }
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest) struct Form {
    pub kind: Kind,
    /// Filled fields, by field; the photo is only known to be there.
    fields: Vec<(Field, String)>,
    /// Relatives that are not blank, with their number on the form, from 1.
    pub kin: Vec<(u32, Relative)>,
    /// Elements that no form has, which were not read.
    pub strange: Vec<String>,
}

impl Form {
    /// A form of nothing.
    pub(in crate::ingest) fn new(kind: Kind) -> Self {
        Self { kind, fields: Vec::new(), kin: Vec::new(), strange: Vec::new() }
    }

    /// Fills a field; blanks around are dropped, and a blank text is none. False if it was filled with something else before.
    pub(in crate::ingest) fn fill(&mut self, field: Field, text: &str) -> bool {
        // Wrapped lines of a résumé are told by their indent; the first is none.
        let text = text.trim();
        if text.is_empty() {
            return true;
        }
        if let Some((_, old)) = self.fields.iter().find(|(f, _)| *f == field) {
            return old == text;
        }
        self.fields.push((field, text.to_owned()));
        true
    }

    /// Adds a relative, if anything is said of one.
    pub(super) fn add_kin(&mut self, number: u32, relative: Relative) {
        if !relative.is_blank() {
            self.kin.push((number, relative));
        }
    }

    /// The text of a field; empty if it is blank.
    pub(in crate::ingest) fn text(&self, field: Field) -> &str {
        self.fields.iter().find(|(f, _)| *f == field).map_or("", |(_, text)| text.as_str())
    }

    /// Every filled field.
    pub(super) fn filled(&self) -> impl Iterator<Item = (Field, &str)> {
        self.fields.iter().map(|(field, text)| (*field, text.as_str()))
    }

    /// The text of a field without any blank: 张 三.
    pub(in crate::ingest) fn squeezed(&self, field: Field) -> String {
        crate::records::squeeze(self.text(field))
    }
}
