"""Labels, separators, brackets and word lists by which credit lines are read. Data, with bounded patterns only."""

from __future__ import annotations

import re

from newsarchive.extract.credits.vocabulary import any_of, words

#: Characters without which no label of a source can be printed; the check is cheaper than any pattern.
SIGNS = ("源", "自", "载", "載", "处", "處", "ource", "OURCE", "Via", "via")
#: Signs of 据X报道 and 综合X报道.
REPORT_SIGNS = ("报道", "報道", "報導", "消息", "据", "據", "综合")

PAIRS = (("（", "）"), ("(", ")"), ("【", "】"), ("[", "]"), ("［", "］"), ("《", "》"), ("“", "”"), ("「", "」"))
#: Stripped from both ends of a name.
EDGES = " \t\u3000:：|｜丨︱│┃∣▏▕/／·•-—–_,，、;；。.“”‘’\"'「」『』《〈〉<>→»›▎▍|●★*#&"

#: Kind of label -> the labels. Firm ones stand even in the middle of a line of print; open ones need no separator.
_LABELS = {
    "firm": """文章来源 文章來源 本文来源 本文來源 稿件来源 稿件來源 信息来源 新闻来源 新聞來源 消息来源 内容来源
        原文来源 来源媒体 报道来源 文章出处""",
    "firm open": """本文来源于 本文源自 本文来自 本文來自 本文选自 本文摘自 本文出自 文章来源于 文章源自 文章来自
        文章选自 文章摘自 内容来自 稿件来自""",
    "plain": "来源 來源 来源于 來源於 稿源 信源 出处 出處 文源 源自 来自 來自",
    "reprint open": """转载自 轉載自 转自 轉自 转载于 本文转自 本文转载自 本文轉自 文章转自 文章转载自 内容转载自""",
    "reprint": "转载 轉載 转载来源",
    "english": "Source SOURCE Via",
}
KINDS = {label: kind for kind, labels in _LABELS.items() for label in labels.split()}
LABEL = re.compile(
    rf"(?P<label>来\s源|來\s源|{any_of(' '.join(KINDS))})"
    r"(?P<parted>\s{0,3}[:：|｜丨︱│┃∣▏▎▕·•/／﹕∶])?(?P<blank>\s{0,5})"
)
#: A credit that is nothing else, which most are.
SIMPLE = re.compile(
    r"(?P<printed>[（(【\[]?(?:文章|本文|稿件)?[来來]源\s?[:：]\s?(?P<name>[\u4e00-\u9fffA-Za-z0-9·]{2,16})[)）】\]]?)$"
)
#: What stands before 来源 when something else than the article is credited.
OTHER_THINGS = words(
    """图片 圖片 图 圖 数据 數據 资料 資料 视频 視頻 影片 照片 封面 摄影 截图 海报 动图 音频 表格 表 素材 漫画 资金
    收入 经济 信号 利润 主要 的 供应 食材 货物 客户 灵感 人才 能量 力量 电力 流量 传染 感染 病毒 生活 财产 用户
    访客 词条 案例 参考 标准 统计 指标 评论 留言 字体 音乐 歌曲 背景 画面 产品 原料 药材 传播 学生 生源 热门"""
)
#: 凡注明来源：… states a rule, it credits nothing.
RULE = re.compile("注明|标注|標註|凡|署名")
HANZI = re.compile("[\u3400-\u9fff]")
#: Another label shortly before a glued one: 作者：张三来源：甲报.
NEAR_LABEL = re.compile(
    f"(?:{any_of('作者 记者 编辑 时间 日期 发布 责编 文 校对 摄影 撰文 栏目 频道 标签')})[:：/|｜]?[^。！？]{{0,12}}$"
    "|声明$|正文$|正文结束$"
)

#: Words at which a name ends even where they are glued to it.
_GLUED = any_of(
    """作者 记者 記者 通讯员 撰文 撰稿 责任编 責任編 责编 責編 校对 校對 字号 字號 字体 字體 举报 舉報 原标题 原標題
    转自 轉自 转载 轉載 来源 來源 参与互动 我要评论 我有话说 分享到 扫码 声明 版权 免责 纠错 听新闻 点击 點擊 浏览
    瀏覽 打印 返回 查看 未经 如需 已获 有删"""
)
#: Words at which it ends where a blank stands before them, or a separator after them.
_PARTED = any_of(
    """编辑 編輯 责任 責任 审核 审校 审稿 初审 复审 终审 监制 统筹 主编 值班 排版 制图 摄影 攝影 图片 圖片 图源 视频
    翻译 编译 发布 發布 发表 发稿 更新 时间 時間 日期 阅读 閱讀 访问 评论 評論 参与 跟帖 跟贴 大小 大号 收藏 分享
    投稿 关注 订阅 我要 我有 更多 标签 標籤 关键词 关键字 栏目 频道 分类 稿源 下载 打开 微信 微博 手机 繁体 简体
    相关 推荐 本文 原文 供稿 供图 执行 设计 美编 剪辑 出品 作品 导语 摘要 文字 图 文 上一篇 下一篇 链接 网址 热度
    点赞 人气 次数 位置 地区 首发"""
)
#: Where a name ends at the latest.
STOP = re.compile(
    rf"[\r\n。；;！!？?，,…→]|https?:|www\.|{_GLUED}|\s(?:{_PARTED})|(?:{_PARTED})\s?[:：/]"
    r"|(?:19|20)[0-9]{2}\s?[-/.年]\s?[0-9]{1,2}|[0-9]{1,2}月[0-9]{1,2}日"
    r"|[0-9]{1,2}-[0-9]{1,2}\s[0-9]{1,2}:|\s[0-9]{1,2}:[0-9]{2}"
    r"|\s[|｜丨]|[|｜丨]\s|\s[0-9]{1,8}(?:\s|$)|\s[A-Z]{0,3}[-+](?:\s|$)"
    r"|[（(](?:ID|id|微信|公众|记者|编辑|作者|责编)"
)
#: Words before a name that only say what kind of thing it is.
PREFIX = re.compile(
    r"^(?:(?:(?:微信)?公众号|微信公众平台|微信|微博|媒体|网站)(?:[\s:：]{1,3}|(?=[“\"「《]))"
    r"|(?:(?:综合)?整理自|综合自?|綜合|于|於|据|據)[\s:：]{0,3}(?=[“\"「《\w]))"
)
QUOTED = re.compile(r"^[“\"「『《【\[]([^“”\"「」『』《》【】\[\]]{2,30})[”\"」』》】\]]$")
#: Codes and counters after a name.
TRAILING = re.compile(r"(?:[\s_]{1,2}(?:[A-Z]{1,4}[0-9]{2,8}|[0-9]{1,10})|_[A-Z]{1,4}[0-9]{2,8}|\s[A-Z])$")
WORD = re.compile(r"[^\W\d_]")
ONLY_CODE = re.compile(r"[A-Za-z]{0,4}[0-9_-]{3,}$|[A-Za-z]$")
#: Inside a name these mean that it is a piece of a sentence.
NO_NAME = re.compile(
    r"[。；！？!?，,<>{}=]|平台$|请[^华]|主要[是为有]|"
    + any_of(
        """表示 认为 指出 获悉 了解到 已经 将会 我们 他们 如果 因为 所以 可以 不得 不能 应当 以及其 进行 等内容 上述
        侵权 联系 注明 删除 于此 本网站 为准 没有 的是 包括 未经 授权"""
    )
)

#: How names of media end, and how some begin.
MEDIUM = re.compile(
    "(?:"
    + any_of(
        """报 報 网 網 社 台 臺 刊 杂志 雜誌 新闻 新聞 资讯 資訊 财经 財經 在线 線上 客户端 频道 頻道 通讯 周刊 週刊
        电视 广播 之声 之家 观察 评论 头条 快讯 直播 传媒 融媒 媒体 观点 博客 公众号 APP App app 经济报道 半月谈
        求是 瞭望 视频 影视 论坛 出版 书局 经纬 氪 汇 数据 早知道 e公司 号 报道 报导 在人间 眼 圈 星球 时间 先驱
        参考 消息 文摘"""
    )
    + r")(?:[（(][^（）()]{1,12}[)）])?等?$|^(?:"
    + any_of("新华 央视 中新 法新 路透 彭博 人民 澎湃 界面 第一财经 凤凰 环球 参考 虎嗅 钛媒体 财联")
    + r"|[A-Z][A-Za-z. ]{2,30}$)"
)
_REPORTS = (
    r"(?P<name>[^\s，。,；;：:！？据]{2,24}?)(?:记者)?(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?(?:消息|电)?(?:综合)?"
    "(?:报道|報道|報導|消息)"
)
#: 据新华社5月3日报道, 综合新华社、央视报道 at the beginning of a paragraph.
REPORTED = re.compile(rf"^(?P<printed>(?:据|據|综合|綜合|来自|來自){_REPORTS})(?=[，,：:。）)\s]|$)")
#: The same as a line by itself, or in brackets at the end of a text.
REPORTED_ALONE = (
    re.compile(rf"^(?P<printed>[（(]?(?:据|據|综合|綜合){_REPORTS})[。）)\s]{{0,3}}$"),
    re.compile(
        r"(?P<printed>[（(](?:综合|据|據)(?P<name>[^（）()，。]{2,24}?)(?:综合)?(?:报道|報道|報導|消息|电)?[)）])$"
    ),
)

LAST_BRACKET = re.compile(
    r"(?P<stop>[。！？!?”\"…]\s?)?(?P<all>[（(【\[](?P<inside>[^（）()【】\[\]]{2,30})[)）】\]])$"
)
#: In brackets at the end of a text these are remarks, not media.
REMARK = re.compile(
    "^(?:"
    + any_of(
        """记者 编辑 編輯 责编 责任 作者 文 图 圖 摄 见 注 截至 截止 单位 如 本文 系 即 含 约 不 以下 下称 简称 化名
        未 上接 下转 续 完 全文 有删 节选 根据 实习 校对 翻译 来源 图片 数据 包括 均 其中 原标题 例如 比如 附 详
        参见 同比 环比 按 除 同 计 为 自 至 从 由 在 于 以 与 或 及 和"""
    )
    + r")|[0-9]{1,2}[月日时]|[0-9]{3,}|[%％元万亿]$|(?:表示|认为|记者|摄|完|图|口径|收盘|审计|价)$|^[A-Za-z]{1,8}$"
    "|同期|上月|去年|今年|下同"
)
SURE_MEDIUM = re.compile(
    f"(?:{any_of('报 報 网 網 社 电视台 周刊 週刊 客户端 日报 APP App 通讯社 经济报道 融媒体 公众号')})$"
)
#: Believed only right after the end of a sentence: other media, and organisations that publish themselves.
PUBLISHER = re.compile(
    "(?:"
    + any_of(
        """卫视 电台 广播 杂志 新闻 新聞 资讯 财经 在线 频道 传媒 经纬 氪 播报 快讯 早知道 e公司 融媒 之家 之声 之窗
        汇 头条 导报 观察 视频 微博 论坛 财讯 报道 数据 中国 官网 官微 网站 证监会 银保监会 委员会 发改委 统计局
        管理局 总局 财政部 商务部 央行 人民银行 研究院 研究中心 研究所 交易所 公司 集团 协会 证券 基金"""
    )
    + ")$"
)
SHORT_MEDIA = frozenset(
    words(
        """央视 央视新闻 澎湃 界面 36氪 Wind Reuters Bloomberg CNBC CNN BBC AFP 新华 路透 彭博 中新 虎嗅 华尔街见闻
        见闻 财联社 同花顺 东方财富 钛媒体 智通 雪球 格隆汇 e公司 中证金牛座 同花顺iFinD 第一财经 券商中国"""
    )
)

ORIGINAL_TITLE = re.compile(
    r"(?P<open>[（(【\[])?\s?(?:本文|文章)?(?:原标题|原標題|原题)(?:为|是)?\s?[:：|]?\s{0,3}(?P<title>[^\s:：|].{0,199})"
)
#: What follows a title on its line: a labelled credit, a date, or what a gap keeps apart.
TITLE_STOP = re.compile(
    r"\s(?:(?:来源|來源|作者|记者|编辑|责任编辑|责编|时间)(?=\s?[:：|｜/]|\s)|20[0-9]{2}(?:[-/.]|年)[01]?[0-9](?![0-9]))|\s{2,}"
)

_PICTURE = any_of("图片 圖片 图 圖 照片 视频 視頻 海报 截图 图像")
#: A text that begins with a picture's label, or ends with who gave it.
PICTURE = re.compile(
    rf"[（(【\[▲△↑▼]{{0,2}}\s?(?:以上|以下|本文|文中|部分|文内|封面|题|頭|头|配)?(?:{_PICTURE})(?:均|皆|都)?"
    r"(?:(?:来源|來源|来自|來自|源自|源|版权|摄影|提供|由.{2,40}提供)|(?=\s?[:：|｜丨/]|.{0,60}(?:提供|供图|摄|截图|视觉中国)[）)】\]]?$))"
    r"|.{0,40}(?:供图|供圖)\s?[）)】\]]?$"
    r"|[^。！？；]{0,40}\s?(?:摄|攝)\s?[）)】\]。]?$"
)
