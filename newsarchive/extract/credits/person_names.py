"""What a person's name looks like: Chinese surnames, minority names, Latin names. Nothing else passes for one."""

from __future__ import annotations

import re

from newsarchive.extract.credits.vocabulary import AUTHOR, EDITOR, LABELS, REPORTER, any_of, words

#: Family names, the common ones of the census and the traditional forms; two-character ones apart.
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪"
    "祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程邢裴陆荣翁荀羊惠甄曲家封芮储靳汲"
    "邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿"
    "白怀蒲台从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈燕冀浦尚农温"
    "别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁"
    "勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公仉督岳帅缑亢况郈有琴归海晋楚闫法汝"
    "鄢涂钦商牟佘佴伯赏墨哈谯笪年爱阳佟言福仝付肖闪邸代揭尧原才覃禤修占苟粟官鹿敬奉种初战展但杲逢苑楼随门迟候"
    "字褟洒隋兰亓么力卿邝萨库趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴謝鄒蘇魯韋馬鳳費賀湯羅畢鄔樂時齊顧黃蕭紀項賈婁顏鐘"
    "駱萬盧經單諸鈕龔陸榮儲烏車寧欒厲劉葉龍賴喬陰蒼雙聞黨勞莊閻連習魚聶關遊權蓋歐"
)
COMPOUND_SURNAMES = frozenset(
    words(
        """欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 宇文 长孙 司徒 夏侯 西门 南宫 独孤 端木 轩辕 申屠 拓跋
        呼延 赫连 百里 歐陽 諸葛 司馬 皇甫"""
    )
)
#: Characters that no given name has: a piece of a sentence shows itself by them.
_NOT_IN_NAMES = frozenset(
    "的了是与及或对将被把就都还又很更最这那哪此些你我他她它们吗呢吧啊么着过让使即但而因没者说称讯网局部司处厂店县镇"
    "這個與對說們過讓沒嗎網處廠縣鎮訊報报"
)
#: Whole words that look like names (a surname and one or two characters) but are none.
NOT_NAMES = LABELS.union(
    words(
        """本报 本刊 本网 综合 报道 小编 佚名 匿名 网络 网友 读者 责任 原创 未知 管理员 编辑部 高级 首席 资深 于是
        关于 对于 方面 方案 成为 成立 时间 时候 任何 何时 金融 金额 经济 经过 经营 高度 高端 安全 安排 国家 国内 国际
        国资 海外 海关 文化 文章 文字 文学 平台 平安 平均 常见 常态 广告 广大 广泛 公司 公告 公开 公共 公众 向上 相关
        相信 全部 全国 全球 全面 全文 双方 双向 应该 应当 解决 解读 解释 石油 白酒 黄金 水平 明显 明确 强调 强化 单位
        法律 法院 商品 商业 有关 有限 有效 东方 南方 北方 年度 年轻 查看 权威 权益 步伐 农业 农村 连续 充分 通过 通知
        从业 空间 那么 简单 须知 师傅 红色 阳光 言论 福利 原因 原文 代表 花费 马上 包括 包装 方法 方式 和谐 和平 云南
        江苏 江西 宁夏 安徽 广东 广西 海南 山东 山西 河北 河南 湖北 湖南 重庆 北京 上海 天津 台湾 香港 澳门 乌鲁木齐
        济南 成都 武汉 石家庄 金华 温州 宁波 万元 万人 路透 路透社 师生 盛大 富裕 支持 支付 管理 管委会 司法 司机
        利润 利率 利用 能源 能够 通报 通信 易于 文旅 干部 干货 党委 党员 党建 党支部 车辆 车站 牛市 计划 计算 项目
        项下 明日 明天 明年 别人 成本 成果 成交 成员 时代 时刻 时报 康复 夏季 秋季 冬季 雷锋网 严格 严重 严肃 史上
        汪汪 毛利 毛利率 贝壳 宣传 宣布 单纯 应用 宗旨 房价 房企 房产 莫名 万科 胡说 梅雨 江湖 童话 项链 席位 季度
        路上 路线 强势 强劲 强烈 蓝天 席卷 屈服 祝福 董事 董事会 董事长 关注 关键 关系 关税 相比 相对 游客 游戏 商务
        商务部 温度 温馨 燕子 尚未 农民 别墅 庄园 阎王 慕名 古代 古城 易购 广场 欧洲 欧盟 越南 越来越 隆重 冷空气
        辛苦 曾经 沙漠 养老 养殖 丰富 红包 游行 盖章 文娱 文体 图表 主持 值班 总监 主任 部长 老师 先生 女士 教授 博士
        律师 学者 专家 院长 主席 总裁 经理 连线 计划表 访谈 暗访 全文完 方正 方大 正文 首页 台北 台中 台南 高雄 桃园
        桃園 江门 安庆"""
    )
)
#: What people are called is no part of their name.
_TITLES = words(f"老师 老師 先生 女士 小姐 教授 主任 经理 律师 医生 {AUTHOR} {REPORTER} {EDITOR}")
_HANZI_NAME = re.compile("[\u3400-\u9fff\U00020000-\U0002fa1f]{2,4}$")
_MINORITY = re.compile("[\u3400-\u9fff]{1,8}[·•・‧][\u3400-\u9fff]{1,8}(?:[·•・‧][\u3400-\u9fff]{1,8}){0,2}$")
# A letter of a script that has capitals; of what has no capital in the table of Latin ones, small letters pass, too.
_CAPITAL = "[A-ZÀ-ÖØ-Þ\u0100-\u024f\u1e00-\u1eff\u0370-\u03ab\u0400-\u042f\u0490-\u052f]"
_CASED = re.compile("[A-Za-zÀ-\u024f\u0370-\u052f\u1e00-\u1fff]")
_CASED_WORD = rf"{_CAPITAL}[\w'’.-]{{0,20}}"
_LATIN = re.compile(
    rf"{_CASED_WORD}(?:\s(?:(?:de|da|di|van|von|der|den|del|dela|della|do|la|le|el|al|bin|ben|bint|du|dos|das|st|ter"
    rf"|ten|zu|zur|af|av)\s){{0,2}}{_CASED_WORD}){{1,3}}$"
)
# HALLMARKStaff: the end of a name and the beginning of another word. RNB: the short form of a house.
_NO_WORD = re.compile(r"[A-Z]{3}[a-z]{2}|\b[B-DF-HJ-NP-TV-XZ]{3,}\b")
_LATIN_NOT = re.compile(
    r"\b(?:"
    + any_of(
        """Staff Any Reporter Editor News Press Agency Associated Writer Correspondent Team Desk Times Post The
        And With For Inc Ltd Updated Published January February March April June July August September
        October November December Monday Tuesday Wednesday Thursday Friday Saturday Sunday"""
    )
    + r")\b"
)


def is_chinese_name(text: str, *, surname: bool = True) -> bool:
    """Return whether a text is a Chinese person's name of 2 to 4 characters, or a minority name with points.

    With `surname` the first characters must be a known family name; without it (after a label that leaves no doubt)
    pen names pass too.
    """
    if _MINORITY.match(text):
        return True
    if not _HANZI_NAME.match(text) or text in NOT_NAMES or text.endswith(_TITLES):
        return False
    if not surname:
        return not _NOT_IN_NAMES.intersection(text[1:])
    compound = text[:2] in COMPOUND_SURNAMES and len(text) > 2
    if not compound and (text[0] not in SURNAMES or len(text) > (4 if text[1] in SURNAMES else 3)):
        return False
    return not _NOT_IN_NAMES.intersection(text[2 if compound else 1 :])


def is_cased(text: str) -> bool:
    """Return whether a text has letters of a script that knows capitals, by which names show themselves."""
    return _CASED.search(text) is not None


def is_latin_name(text: str) -> bool:
    """Return whether a text is a name of two to four words in a script with capitals (Jane Doe, Анна ван дер Берг)."""
    return bool(_LATIN.match(text)) and not _LATIN_NOT.search(text) and not _NO_WORD.search(text)
