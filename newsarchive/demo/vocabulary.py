"""The invented coast: its media, companies, towns and people. Data only; none of it exists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Medium:
    """A medium that the mirror carries: `slug` as the mirror spells it; `board` a word of the name that gets a link."""

    name: str
    slug: str
    board: tuple[str, str] | None = None
    lang: str = "zh"

    @property
    def tag(self) -> str:
        """The heading of its category page. A blank in it makes two tags of it on posts and on the home page."""
        return self.name + "新闻"

    @property
    def path(self) -> str:
        """Its slug in the addresses of posts: lower-cased, a blank parts the path."""
        return self.slug.lower().replace(" ", "/")


@dataclass(frozen=True, slots=True)
class Stock:
    """A security or board named in a text; `market` is the origin's number for the exchange."""

    name: str
    market: int
    code: str
    type: int = 2


SITE_TITLE = "潮声简讯"
FLASH = Medium("潮声滚动", "flash")
SITE_NEWS_SLUG, SITE_NEWS_TAG = "sitenews", "站长消息"

MEDIA = (
    Medium("江湾晚报", "jiangwanwanbao"),
    Medium("云溪日报", "yunxiribao"),
    Medium("松桥证券报", "songqiaozhengquanbao", ("证券", "BK9473")),
    Medium("青岚商报", "qinglanshangbao"),
    Medium("白鹭网", "bailuwang"),
    Medium("白鹭网站", "bailuwangzhan"),
    Medium("望湖早报", "wanghuzaobao"),
    Medium("麦丘农业新闻", "maiqiunongyexinwen", ("农业", "BK9433")),
    Medium("36度半", "36duban"),
    Medium("北汀广播", "beitingguangbo"),
    Medium("南桥周刊", "nanqiaozhoukan"),
    Medium("城外画报", "chengwaihuabao"),
    Medium("银杏坪观察", "yinxingpingguancha"),
    Medium("中江基金报", "zhongjiangjijinbao", ("基金", "BK9536")),
)
# Media whose slugs are awkward; each has its place in the cycle of shapes.
SPACE = Medium("海屿经济导报 海屿财经APP", "haiyujingjidaobao haiyucaijingAPP")
PARENTHESES = Medium("听涛国际证券(香港)", "tingtaoguojizhengquan(xianggang)")
MIXED_CASE = Medium("TechTide", "TechTide")
MIXED_CASE_TWIN = Medium("Techtide", "Techtide")
ENGLISH = Medium("Harbor Wire", "HarborWire", lang="en")
AWKWARD_MEDIA = (SPACE, PARENTHESES, MIXED_CASE, MIXED_CASE_TWIN, ENGLISH)

# Further media are made of a town and a kind, when more category pages are asked for than there are names above.
TOWNS = (
    ("梅渡", "meidu"), ("石浦", "shipu"), ("柳塘", "liutang"), ("枫岸", "fengan"), ("鹤岭", "heling"),
    ("雁滩", "yantan"), ("荷埠", "hebu"), ("竹洲", "zhuzhou"), ("兰汀", "lanting"), ("杉湾", "shanwan"),
    ("槐里", "huaili"), ("砚山", "yanshan"), ("橘州", "juzhou"), ("月坞", "yuewu"), ("星港", "xinggang"),
    ("苇泊", "weibo"), ("榆川", "yuchuan"), ("藕溪", "ouxi"), ("葵阳", "kuiyang"), ("棠浦", "tangpu"),
    ("霞屿", "xiayu"), ("溪口", "xikou"), ("雾州", "wuzhou"), ("苔原", "taiyuan"), ("灯塔", "dengta"),
    ("鹿鸣", "luming"), ("萤川", "yingchuan"), ("帆城", "fancheng"), ("沙棘", "shaji"), ("镜泊", "jingbo"),
    ("糖厂", "tangchang"), ("磨坊", "mofang"), ("橡林", "xianglin"), ("钟楼", "zhonglou"), ("船坞", "chuanwu"),
    ("盐田", "yantian"), ("渔歌", "yuge"), ("稻香", "daoxiang"), ("桑园", "sangyuan"), ("麦浪", "mailang"),
)  # fmt: skip
KINDS = (
    ("日报", "ribao"), ("晚报", "wanbao"), ("早报", "zaobao"), ("商报", "shangbao"), ("时报", "shibao"),
    ("在线", "zaixian"), ("发布", "fabu"), ("广播", "guangbo"), ("周刊", "zhoukan"), ("观察", "guancha"),
    ("财经", "caijing"), ("青年报", "qingnianbao"), ("都市网", "dushiwang"), ("快报", "kuaibao"),
    ("电视台", "dianshitai"),
    ("画报", "huabao"), ("评论", "pinglun"), ("导报", "daobao"), ("头条号", "toutiaohao"), ("农民报", "nongminbao"),
    ("科技报", "kejibao"), ("教育网", "jiaoyuwang"), ("健康报", "jiankangbao"), ("体育报", "tiyubao"),
    ("艺术报", "yishubao"), ("读书报", "dushubao"), ("港口报", "gangkoubao"), ("交通广播", "jiaotongguangbo"),
    ("生活报", "shenghuobao"), ("法治报", "fazhibao"), ("工人报", "gongrenbao"), ("旅游报", "lvyoubao"),
    ("气象台", "qixiangtai"), ("文摘", "wenzhai"), ("月刊", "yuekan"), ("参考", "cankao"), ("纪事", "jishi"),
    ("新报", "xinbao"), ("晨报", "chenbao"), ("公报", "gongbao"), ("论坛", "luntan"), ("经济网", "jingjiwang"),
    ("信息港", "xinxigang"), ("热线", "rexian"), ("视界", "shijie"), ("消费网", "xiaofeiwang"),
    ("乡村报", "xiangcunbao"),
    ("海运报", "haiyunbao"), ("社区报", "shequbao"), ("手机报", "shoujibao"),
)  # fmt: skip

STOCKS = tuple(
    Stock(name, market, code, kind)
    for name, market, code, kind in (
        ("青禾电力", 1, "699012", 2), ("云帆物流", 1, "699027", 2), ("栖木家居", 0, "009135", 2),
        ("海屿重工", 1, "699108", 2), ("望湖乳业", 0, "009207", 2), ("松果智能", 0, "309016", 2),
        ("白石纸业", 1, "699233", 2), ("长汀造船", 1, "699301", 2), ("杏林制药", 0, "009318", 2),
        ("潮生食品", 0, "009422", 2), ("北斗轴承", 0, "309127", 2), ("石桥软件", 0, "309254", 2),
        ("听雨传媒", 1, "699410", 2), ("远帆渔业", 0, "009506", 2), ("灯塔照明", 0, "309308", 2),
        ("麦丘种业", 1, "699525", 2), ("银杏资本", 1, "699606", 2), ("蓝鲸能源", 1, "699718", 2),
        ("春山旅游", 0, "009611", 2), ("木兰纺织", 1, "699802", 2), ("渡口文化", 0, "309419", 2),
        ("雁南航空", 1, "699917", 2), ("沧浪水务", 0, "009730", 2), ("星港科技", 116, "04712", 3),
        ("海棠控股", 116, "04726", 3), ("鹭岛国际", 116, "04735", 3), ("Lumora", 106, "LMRX", 7),
        ("Bluekite", 105, "BLKT", 7), ("Gingko Labs", 105, "GNKL", 7),
    )
)  # fmt: skip
BOARDS = (
    Stock("海洋经济", 90, "BK9601", 1),
    Stock("绿色电力", 90, "BK9612", 1),
    Stock("老字号", 90, "BK9623", 1),
)
BROKERS = (
    "听涛证券",
    "远山证券",
    "白鹭证券",
    "中江证券",
    "银杏证券",
    "长汀证券",
    "橹声证券",
    "青岚证券",
    "半岛证券",
    "丰岭证券",
)

CITIES = (
    "江湾市", "云溪市", "松桥市", "白鹭市", "望湖市", "海屿市", "青岚市", "北汀市", "南桥市", "中江市",
    "汐川市", "鲤湾市", "澄浦市", "岚河市", "榕港市", "芦渡市", "月牙市", "桐洲市", "碧渚市", "远汀市",
)  # fmt: skip
PLACES = (
    "南栅头", "北码头", "灯笼巷", "石门渡", "银杏坪", "鱼市街", "半山亭", "三叉港", "梧桐里", "豆腐桥",
    "老粮仓", "水车弄", "望潮村", "铁匠铺", "柳莺路", "九曲巷", "晒网场", "盐仓桥", "鼓楼西", "茶亭口",
    "东水门", "篾匠街", "酒坊弄", "龙眼岭", "双井头", "马灯胡同", "草鞋渡", "七里埠", "听松园", "海关后街",
)  # fmt: skip
SURNAMES = (
    "林", "陆", "沈", "顾", "江", "宋", "许", "方", "苏", "程", "温", "罗", "孟", "叶", "秦", "邵",
    "贺", "卢", "乔", "汤", "倪", "殷", "阮", "柏", "施", "崔", "蒋", "梅", "俞", "祝", "季", "冯",
)  # fmt: skip
# Some of these characters are in GBK and not in GB2312.
GIVEN_NAMES = (
    "若溪", "知远", "怀瑾", "小满", "砚秋", "长庚", "予安", "望舒", "阿宁", "珺如", "喆", "堃明", "晚晴", "守拙",
    "以南", "青禾", "子衿", "昭", "念北", "立夏", "书白", "闻笛", "海生", "桂香", "大有", "素心", "云帆", "景行",
    "霁月", "春山", "文澜", "茂林", "秀英", "建勋", "清和", "嘉禾", "思齐", "雨樵", "远舟", "惊蛰", "明轩", "彩云",
    "水生", "松年", "可可", "慕白", "凤仪", "允中",
)  # fmt: skip
PEOPLE = tuple(surname + given for given in GIVEN_NAMES for surname in SURNAMES)
_SPOT_KINDS = (
    "路", "东街", "北巷", "码头", "大桥", "新村", "工业园", "老街", "公园", "广场", "中学", "社区", "菜场", "渡口",
    "水库", "湿地", "体育馆", "产业园", "客运站", "卫生院", "文化站", "批发市场", "大道", "河埠",
)  # fmt: skip
SPOTS = tuple(town + kind for town, _ in TOWNS for kind in _SPOT_KINDS)
_FIRM_NAMES = (
    "远岑", "鹿野", "拾光", "澜庭", "棠溪", "千帆", "墨谷", "禾光", "北渚", "微澜", "白榆", "松间", "海螺湾", "青石巷",
    "一苇", "云阶", "听潮", "满仓", "百草园", "金橘", "长风渡", "小蓝屋", "七号仓", "燕归", "丰年", "朴木", "知更",
    "月桥", "三棵树下", "浅滩", "花火", "归雁", "荻花", "晴川里", "星槎", "半亩", "帆石", "风铃", "霜降", "泊岸",
)  # fmt: skip
_TRADES = (
    "贸易", "设备", "科技", "实业", "商行", "制造", "物流", "材料", "咨询", "工程", "包装", "电子", "食品", "服务",
    "农业", "精工", "能源", "船务", "印务", "装饰", "纺织", "机电", "冷链", "测绘",
)  # fmt: skip
FIRMS = tuple(name + trade for name in _FIRM_NAMES for trade in _TRADES)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# Words that the origin's editing machine turns into links without a code, in flash editions.
KEY_TERMS = ("基金", "利率", "业绩", "融资", "分红", "指数")
# Columns in the old form of the origin's addresses.
COLUMNS = ("1344", "1350", "1353", "1355", "11059", "11345")
