"""The words of credits, once: labels of sources, reprints and persons, and what else is printed around them.

A label that pages begin to print is added here, and every reader that looks for credits knows it. The patterns made of
these words stand beside the readers. Strings are lists of words parted by white space.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsarchive.models import BylineRole


def words(text: str) -> tuple[str, ...]:
    """Split a list of words at white space."""
    return tuple(text.split())


def any_of(*texts: str) -> str:
    """Return a pattern that matches any of the words of some lists, the longest first; for use inside a group."""
    found = dict.fromkeys(word for text in texts for word in text.split())
    return "|".join(sorted(map(re.escape, found), key=len, reverse=True))


def labelled(*texts: str) -> str:
    """Return a pattern that matches any of the labels of some lists with a colon behind it."""
    return rf"(?:{any_of(*texts)})\s?[:：]"


# --- Sources ----------------------------------------------------------------------------------------------------------

SOURCE = "来源 來源"
REPRINT = "转自 轉自 转载 轉載"
ORIGINAL_TITLE = "原标题 原標題 原题"
#: Kind of label -> the labels. Firm ones stand even in the middle of a line of print; open ones need no separator.
SOURCE_LABELS = {
    "firm": """文章来源 文章來源 本文来源 本文來源 稿件来源 稿件來源 信息来源 新闻来源 新聞來源 消息来源 内容来源
        原文来源 来源媒体 报道来源 文章出处 配信元 提供元 引用元 転載元""",
    "firm open": """本文来源于 本文源自 本文来自 本文來自 本文选自 本文摘自 本文出自 文章来源于 文章源自 文章来自
        文章选自 文章摘自 内容来自 稿件来自""",
    "plain": f"{SOURCE} 来源于 來源於 稿源 信源 出处 出處 出典 文源 源自 来自 來自",
    "reprint open": """转载自 轉載自 转自 轉自 转载于 本文转自 本文转载自 本文轉自 文章转自 文章转载自 内容转载自""",
    "reprint": "转载 轉載 转载来源",
    "english": "Source SOURCE Via",
}
#: Labels of the office that issued a notice.
ISSUERS = "发布机构 发文机关 发文单位 发布单位 发文机构 制发机关 公开机构 公开主体 發布機關 發佈單位"
#: What stands before 来源 when something else than the article is credited.
OTHER_SOURCES = """图片 圖片 图 圖 数据 數據 资料 資料 视频 視頻 影片 照片 封面 摄影 截图 海报 动图 音频 表格 表 素材
    漫画 资金 收入 经济 信号 利润 主要 的 供应 食材 货物 客户 灵感 人才 能量 力量 电力 流量 传染 感染 病毒 生活 财产
    用户 访客 词条 案例 参考 标准 统计 指标 评论 留言 字体 音乐 歌曲 背景 画面 产品 原料 药材 传播 学生 生源 热门"""
#: How the credit of a picture begins.
PICTURE_CREDITS = "图片来源 图源 图片提供 供图： 制图： 摄影： 图片： 图/ 图｜ 图丨"

# --- Persons ----------------------------------------------------------------------------------------------------------

AUTHOR = "作者"
REPORTER = "记者 記者"
CORRESPONDENT = "通讯员 通訊員"
WRITER = "撰文 撰稿"
CHIEF_EDITOR = "责任编辑 責任編輯"
CHIEF_EDITOR_SHORT = "责编 責編"
EDITOR = "编辑 編輯"
PROOFREADER = "校对 校對"
PHOTOGRAPHER = "摄影 攝影"
TRANSLATOR = "翻译 翻譯 编译 編譯"
#: Who looks a text over before it is printed.
CHECKED = "审核 审校 审稿 初审 复审 终审"
#: What a label says of the persons after it; labels of other things (None) end the list before them.
ROLE_LABELS: dict[BylineRole | None, str] = {
    "author": f"""
        {AUTHOR} 作者署名 本文作者 文章作者 {WRITER} 撰稿人 采写 文字 文 图文 文图 文/图 图/文 文并图 {REPORTER}
        实习记者 见习记者 特约记者 首席记者 全媒体记者 特派记者 驻站记者 {CORRESPONDENT} 特约通讯员 实习生 实习
        执笔 主笔 特约撰稿人 特约撰稿 特约作者 特约评论员 评论员 采访""",
    "editor": f"""
        {CHIEF_EDITOR} {CHIEF_EDITOR_SHORT} {EDITOR} 值班编辑 本文编辑 文字编辑 网络编辑 新媒体编辑 执行编辑
        值班主编 执行主编 主编 见习编辑 实习编辑""",
    "proofreader": f"{PROOFREADER} 校审 编校 责任校对",
    "photographer": f"{PHOTOGRAPHER} 摄影记者 摄影报道 摄 图片 图 图片摄影 视觉",
    "translator": f"{TRANSLATOR} 译者 譯者 译",
    None: f"""
        {CHECKED} 一审 二审 三审 监制 统筹 策划 排版 制图 设计 美编 剪辑 视频 视频剪辑 出品 出品人 总策划 总监制
        总编辑 总编 运营 发布 签发 值班编委 值班总监 导演 配音 主持人 供稿 供图 整理 实习编导 编导 时间 日期 发布时间
        {SOURCE} 来源于 {SOURCE_LABELS["firm"]}""",
}
#: All labels of credits.
LABELS = frozenset(
    word for listed in (*SOURCE_LABELS.values(), *ROLE_LABELS.values(), ORIGINAL_TITLE) for word in listed.split()
)
#: Labels that are also ends of common words: they count only where no word stands before, and with a separator.
SHORT_LABELS = f"文 图 译 摄 实习 图片 视频 设计 运营 视觉 采访 整理 时间 日期 {SOURCE} 发布 文字 策划"
#: After these a name may stand without anything between.
REPORTERS = f"{REPORTER} {CORRESPONDENT} 实习生 实习记者 见习记者 特约记者 首席记者 全媒体记者 特派记者 摄影记者"
#: Labels that a credit without a separator begins with.
BARE_LABELS = f"""{REPORTER} {AUTHOR} {EDITOR} {CHIEF_EDITOR_SHORT} {CORRESPONDENT} {PHOTOGRAPHER} {WRITER}
    {PROOFREADER} 翻译 编译 实习生 评论员"""
#: Words that make a text after a label a desk or a remark, not a pen name.
DESKS = f"""原创 整理 综合 转载 网络 本站 本网 本刊 佚名 编辑 官方 发布 频道 中心 大学 学院 集团 公司 协会 银行 证券
    研究 团队 工作 {SOURCE} {AUTHOR} {REPORTER} 经理 主编 图片 视觉 供图 版权 摄图 东方 图虫 未知 匿名 采访 如下 以下
    推荐 关于 科技 财经 新闻 资讯 观察 评论 专栏 小编 小组 联盟 平台 日报 晚报 晨报"""
#: Words without which no person is named in a text; signs that need what stands behind them are in the patterns.
PERSON_SIGNS = f"""{REPORTER} {AUTHOR} {EDITOR} 编译 編譯 {CHIEF_EDITOR_SHORT} {PROOFREADER} {WRITER} 撰写
    {CORRESPONDENT} {PHOTOGRAPHER} 翻译 {ORIGINAL_TITLE}"""

# --- What stands beside a credit --------------------------------------------------------------------------------------

#: Buttons and counters that are printed right behind a name.
BUTTONS = "返回 查看 阅读 浏览 点击 分享"
#: Words at which a medium's name ends even where they are glued to it.
ENDS_OF_NAME = f"""{AUTHOR} {REPORTER} {CORRESPONDENT} {WRITER} 责任编 責任編 {CHIEF_EDITOR_SHORT} {PROOFREADER}
    {ORIGINAL_TITLE} {REPRINT} {SOURCE} 字号 字號 字体 字體 举报 舉報 参与互动 我要评论 我有话说 分享到 扫码 声明
    版权 免责 纠错 听新闻 点击 點擊 浏览 瀏覽 打印 返回 查看 未经 如需 已获 有删"""
#: Words at which it ends where a blank stands before them, or a separator after them.
PARTED_ENDS_OF_NAME = f"""{EDITOR} 责任 責任 {CHECKED} 监制 统筹 主编 值班 排版 制图 {PHOTOGRAPHER} 图片 圖片 图源
    视频 翻译 编译 发布 發布 发表 发稿 更新 时间 時間 日期 阅读 閱讀 访问 评论 評論 参与 跟帖 跟贴 大小 大号 收藏
    分享 投稿 关注 订阅 我要 我有 更多 标签 標籤 关键词 关键字 栏目 频道 分类 稿源 下载 打开 微信 微博 手机 繁体 简体
    相关 推荐 本文 原文 供稿 供图 执行 设计 美编 剪辑 出品 作品 导语 摘要 文字 图 文 上一篇 下一篇 链接 网址 热度
    点赞 人气 次数 位置 地区 首发"""
#: Labels shortly before a credit that is glued to what they label: 作者：张三来源：甲报.
LABELS_BEFORE = f"""{AUTHOR} {REPORTER} {EDITOR} {CHIEF_EDITOR_SHORT} 时间 日期 发布 文 {PROOFREADER} {PHOTOGRAPHER}
    撰文 栏目 频道 标签"""
#: What follows a title on its line: labels of credits.
LABELS_BEHIND_TITLE = f"{SOURCE} {AUTHOR} {REPORTER} {EDITOR} {CHIEF_EDITOR} {CHIEF_EDITOR_SHORT} 时间"
#: In brackets at the end of a text these begin remarks, no media.
REMARKS = f"""{REPORTER} {EDITOR} {CHIEF_EDITOR_SHORT} 责任 {AUTHOR} {PROOFREADER} {SOURCE} {ORIGINAL_TITLE} 文 图 圖
    摄 见 注 截至 截止 单位 如 本文 系 即 含 约 不 以下 下称 简称 化名 未 上接 下转 续 完 全文 有删 节选 根据 实习
    翻译 图片 数据 包括 均 其中 例如 比如 附 详 参见 同比 环比 按 除 同 计 为 自 至 从 由 在 于 以 与 或 及 和"""
#: What the lines between a headline and its text are labelled with.
INFORMATION = f"""{SOURCE} 稿源 时间 時間 日期 发布 发布于 發布 发表 发表于 浏览 阅读 点击 审核 字号 字体 {AUTHOR}
    {REPORTER} {EDITOR} 责编"""
#: Buttons and labels that stand near a headline where a name may stand. 記者 is none: papers of Taiwan print the
#: reporter behind their own name.
NO_NAMES_NEAR_HEADLINE = f"""返回 关注 订阅 分享 举报 收藏 评论 字号 字体 打印 原创 转载 时间 日期 来自 浏览
    阅读 点击 编辑 {AUTHOR} 记者 微信 微博 空间 好友 下载 扫 播放 语音 登录 首页 正文 更多 热点 参与 跟贴
    回复 展开 收起 收录 专栏 责任 人气 次数 公众号 功能介绍 认证 链接 鏈接 分类 分類 标签 栏目 首发 独家
    转发 热度 字数"""
#: Provinces, as platforms print them beside the date: where the author is.
PLACES = """北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川
    贵州 云南 陕西 甘肃 青海 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 台湾 中国香港 中国澳门 中国台湾 海外 美国 日本 英国
    加拿大 澳大利亚 新加坡 韩国 德国 法国 马来西亚 泰国"""

# --- Notices ----------------------------------------------------------------------------------------------------------

#: Of what a notice warns or tells: 免责声明, 风险提示.
NOTICE_KINDS = "特别 重要 郑重 免责 版权 风险 法律"
NOTICE_NOUNS = "声明 提示 提醒"

# --- Stories ----------------------------------------------------------------------------------------------------------

# What is taken off a text before its story is told from the rest. The ids of stories, which archives keep, follow from
# these lists: a word that is added here moves ids, and needs a migration that builds the stories of archives again.
STORY_CREDITED = "文 本文 文章 本文章 稿件 信息 内容 图片 视频 新闻 数据"
STORY_SOURCES = "来源 来自 源自 转自 转载自"
STORY_LABELS = """原标题 原题 责任编辑 责编 编辑 校对 记者 作者 撰文 撰稿 采写 通讯员 见习记者 实习生 监制 审核 审校
    统筹 美编 排版 摄影 值班编委"""
