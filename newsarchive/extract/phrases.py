"""What stands around a text on its page, in the words of twelve languages: data alone, in lower case.

Languages by their code: Chinese (both scripts), English, German, French, Spanish, Portuguese, Italian, Russian, Arabic,
Hindi, Japanese, Korean. The phrases are those that news sites of these languages print.
"""

from __future__ import annotations

#: What a line begins with that leads to other articles.
RELATED: dict[str, tuple[str, ...]] = {
    "zh": (
        "相关阅读", "相关新闻", "相关报道", "相关文章", "相关链接", "延伸阅读", "延伸閱讀", "推荐阅读",
        "更多阅读", "热门推荐", "为您推荐", "猜你喜欢", "其他人也在看", "相關閱讀", "相關新聞", "相關報導",
        "推薦閱讀", "更多新聞", "往期回顾", "往期推荐", "热门文章", "精彩推荐", "你可能感兴趣", "大家都在看",
        "看更多",
    ),
    "en": (
        "related articles", "related stories", "related posts", "related content", "related topics",
        "read next", "you may also like", "you might also like", "more from ", "more on ", "more in ",
        "recommended for you", "read also", "also read", "see also:", "most read", "trending now", "up next",
        "more stories",
    ),
    "de": (
        "lesen sie auch", "lesen sie mehr", "mehr zum thema", "auch interessant",
        "das könnte sie auch interessieren", "weitere artikel", "weitere themen", "passend zum thema",
        "meistgelesen", "ähnliche artikel", "mehr aus ",
    ),
    "fr": (
        "lire aussi", "à lire aussi", "a lire aussi", "lire également", "voir aussi", "sur le même sujet",
        "articles liés", "à voir aussi", "les plus lus", "nos articles", "dans la même rubrique",
    ),
    "es": (
        "lea también", "lee también", "leer también", "te puede interesar", "le puede interesar",
        "más información:", "noticias relacionadas", "artículos relacionados", "también te puede",
        "lo más leído",
    ),
    "pt": (
        "leia também", "leia mais", "veja também", "saiba mais", "notícias relacionadas", "mais lidas",
        "matérias relacionadas", "você pode gostar", "confira também",
    ),
    "it": (
        "leggi anche", "potrebbe interessarti", "potrebbe interessarti anche", "articoli correlati",
        "ti potrebbe", "i più letti", "notizie correlate", "approfondisci",
    ),
    "ru": (
        "читайте также", "читать также", "по теме:", "материалы по теме", "смотрите также",
        "вам может быть интересно", "другие новости", "новости по теме", "популярное", "рекомендуем",
    ),
    "ar": (
        "اقرأ أيضا", "اقرأ أيضًا", "إقرأ أيضا", "اقرأ المزيد", "مواضيع ذات صلة", "أخبار ذات صلة", "شاهد أيضا",
        "قد يعجبك",
    ),
    "hi": (
        "यह भी पढ़ें", "ये भी पढ़ें", "इसे भी पढ़ें", "संबंधित खबरें", "और पढ़ें",
    ),
    "ja": (
        "関連記事", "あわせて読みたい", "合わせて読みたい", "おすすめ記事", "関連リンク", "関連ニュース",
        "人気記事", "こちらもおすすめ",
    ),
    "ko": (
        "관련기사", "관련 기사", "관련뉴스", "많이 본 뉴스", "추천기사", "함께 볼만한", "주요기사",
        "이 시각 주요",
    ),
}  # fmt: skip

#: A line that is one of these, perhaps with a number, heads the comments of readers.
COMMENTS: dict[str, tuple[str, ...]] = {
    "zh": (
        "网友评论", "最新评论", "热门评论", "全部评论", "精彩评论", "评论", "评论区", "发表评论", "用户评论",
        "留言", "精选留言", "留言板", "網友評論", "發表評論", "評論", "全部跟帖", "热门跟帖", "我来说两句",
        "我要评论", "写评论",
    ),
    "en": (
        "comments", "comment", "leave a comment", "leave a reply", "post a comment", "responses",
        "reader comments", "join the conversation", "join the discussion", "view comments", "show comments",
    ),
    "de": (
        "kommentare", "leserkommentare", "kommentar schreiben", "diskutieren sie mit", "leserbriefe",
    ),
    "fr": (
        "commentaires", "vos commentaires", "réagir", "réactions", "laisser un commentaire",
        "commentaires des lecteurs",
    ),
    "es": (
        "comentarios", "deja un comentario", "deja tu comentario", "comenta", "dejar un comentario",
        "escribe un comentario",
    ),
    "pt": (
        "comentários", "deixe um comentário", "deixe seu comentário", "comente", "comentários dos leitores",
    ),
    "it": (
        "commenti", "lascia un commento", "i commenti dei lettori", "commenta",
    ),
    "ru": (
        "комментарии", "комментарии читателей", "оставить комментарий", "добавить комментарий", "обсуждение",
    ),
    "ar": (
        "التعليقات", "تعليقات", "أضف تعليقا", "أضف تعليقك", "اترك تعليقا", "تعليقات القراء",
    ),
    "hi": (
        "टिप्पणियां", "टिप्पणियाँ", "टिप्पणी करें", "कमेंट", "अपनी राय दें",
    ),
    "ja": (
        "コメント", "コメント一覧", "コメントを書く", "コメントする", "みんなのコメント",
    ),
    "ko": (
        "댓글", "댓글쓰기", "댓글 쓰기", "의견쓰기", "독자의견",
    ),
}  # fmt: skip

#: What a line begins with that asks for readers, or says who may print the text: it stands behind its end.
PROMOTIONS: dict[str, tuple[str, ...]] = {
    "zh": (
        "阅读原文", "扫码", "扫一扫", "扫描二维码", "扫描下方二维码", "长按二维码", "长按识别", "长按关注",
        "点击关注", "关注我们", "欢迎关注", "本文原创发布于", "本文首发于", "题图来自", "题图：", "头图来自",
        "封面图来自", "未经许可", "未经授权", "未經授權", "版权声明", "专栏作家", "特别声明", "更多精彩",
        "投稿邮箱", "商务合作", "转载请", "转载须知", "本作品采用", "喜欢此内容的人还喜欢", "人划线",
        "赞赏作者", "喜欢作者", "下载客户端",
    ),
    "en": (
        "never miss", "this entry was posted", "filed under", "photo:", "photos:", "image credit",
        "do you have a story", "about the author", "first appeared on", "get in touch", "sign up to",
        "sign up now", "this article first appeared", "this article is republished", "have you got a story",
        "sign up for", "subscribe to our", "subscribe to the", "follow us on", "follow us:", "download our app",
        "get the app", "like us on facebook", "join our newsletter", "get our newsletter", "for more news",
        "share this article", "share this story", "originally published",
        "this article was originally published", "this story was originally published", "to receive our",
        "have a news tip", "support our journalism",
    ),
    "de": (
        "weitere informationen", "weitere infos", "weitere beiträge", "titelbild:", "dieser eintrag wurde",
        "dieser text wurde", "dieser beitrag wurde", "dieser artikel ist zuerst", "dieser artikel erschien",
        "fotos:", "bildquelle", "mit meiner anmeldung", "aktuelle nachrichten aufs handy", "über den autor",
        "über die autorin", "newsletter abonnieren", "abonnieren sie", "folgen sie uns", "jetzt abonnieren",
        "artikel teilen", "jetzt anmelden", "newsletter bestellen",
    ),
    "fr": (
        "cet article est paru", "cet article a été publié", "crédit photo", "pour ne rien manquer",
        "à propos de l'auteur", "abonnez-vous", "inscrivez-vous à", "suivez-nous", "recevez notre",
        "partager cet article", "recevez chaque",
    ),
    "es": (
        "este artículo fue publicado", "regístrate", "sobre el autor", "fotos:", "no te pierdas", "suscríbete",
        "suscríbase", "síguenos en", "síganos en", "comparte esta", "recibe nuestro",
        "sigue toda la información", "sigue leyendo",
    ),
    "pt": (
        "este texto foi publicado", "sobre o autor", "fotos:", "não perca", "assine a", "assine nossa",
        "siga o ", "siga-nos", "inscreva-se", "compartilhe", "receba as notícias", "baixe o app",
        "clique aqui para",
    ),
    "it": (
        "questo articolo è stato pubblicato", "sull'autore", "non perdere", "foto:", "iscriviti alla",
        "abbonati", "seguici su", "condividi", "ricevi la newsletter", "scarica l'app",
    ),
    "ru": (
        "фото:", "об авторе", "источник:", "подписывайтесь", "подписаться на", "поделиться", "присоединяйтесь",
        "читайте нас в", "следите за",
    ),
    "ar": (
        "تابعونا على", "تابعنا على", "اشترك في", "شارك هذا", "حمل التطبيق", "للمزيد من الأخبار",
    ),
    "hi": (
        "हमें फॉलो", "ऐप डाउनलोड", "सब्सक्राइब करें", "हमसे जुड़ें", "देश और दुनिया की",
    ),
    "ja": (
        "メルマガ登録", "フォローする", "この記事をシェア", "シェアする", "会員登録", "無断転載",
    ),
    "ko": (
        "저작권자", "무단전재", "무단 전재", "구독하기", "ⓒ", "공유하기", "제보는",
    ),
}  # fmt: skip

#: The words of a button that shows the rest of a text.
SHOW_ALL: dict[str, tuple[str, ...]] = {
    "zh": (
        "展开", "阅读全文", "查看全文", "显示全", "点击展开", "加载全文", "点击查看", "点击阅读", "查看更多",
        "阅读更多", "剩余", "余下全文", "阅读剩余", "继续阅读", "显示更多", "展開", "閱讀全文", "繼續閱讀",
        "顯示更多", "看全文", "查看全部", "更多",
    ),
    "en": (
        "read more", "show more", "continue reading", "show all", "view all", "view full", "read full",
        "read the full", "expand", "see more", "view more", "load more", "keep reading", "full story",
        "read on", "more",
    ),
    "de": (
        "weiterlesen", "mehr anzeigen", "mehr lesen", "alles anzeigen", "ganzen artikel", "mehr",
    ),
    "fr": (
        "lire la suite", "afficher plus", "voir plus", "lire plus", "tout afficher", "lire l'article",
    ),
    "es": (
        "leer más", "ver más", "seguir leyendo", "mostrar más", "continuar leyendo", "leer todo",
    ),
    "pt": (
        "ler mais", "leia mais", "continuar lendo", "ver mais", "mostrar mais", "continue lendo", "ler tudo",
    ),
    "it": (
        "leggi tutto", "continua a leggere", "mostra altro", "leggi di più", "mostra tutto", "continua",
    ),
    "ru": (
        "читать далее", "читать полностью", "показать полностью", "показать еще", "показать ещё", "развернуть",
        "далее",
    ),
    "ar": (
        "اقرأ المزيد", "عرض المزيد", "إقرأ المزيد", "المزيد", "قراءة المزيد", "متابعة القراءة",
    ),
    "hi": (
        "और पढ़ें", "पूरा पढ़ें", "पूरी खबर", "आगे पढ़ें", "और देखें",
    ),
    "ja": (
        "続きを読む", "もっと見る", "全文を読む", "全文表示", "続きをみる", "もっと読む", "続きを見る",
    ),
    "ko": (
        "더보기", "더 보기", "전체보기", "전체 보기", "계속 읽기", "기사 전문",
    ),
}  # fmt: skip

#: What stands in the place of something from elsewhere that a reader has to allow.
EMBEDS: dict[str, tuple[str, ...]] = {
    "zh": (
        "您的浏览器不支持", "请点击播放", "此处内容需要",
    ),
    "en": (
        "this content is hosted by", "this content is not available in your region",
        "view this post on instagram", "this video is not available", "allow content", "to view this content",
        "this article includes content provided by",
    ),
    "de": (
        "empfohlener redaktioneller inhalt", "empfohlener externer inhalt", "an dieser stelle finden sie einen",
        "an dieser stelle befindet sich ein", "externen inhalt anzeigen", "externe inhalte anzeigen",
        "ich bin damit einverstanden, dass mir", "ich bin einverstanden, dass mir", "dieser inhalt wird von",
    ),
    "fr": (
        "ce contenu est bloqué", "pour afficher ce contenu", "ce contenu a été bloqué", "contenu proposé par",
    ),
    "es": (
        "contenido bloqueado", "para ver este contenido", "este contenido está alojado",
    ),
    "pt": (
        "conteúdo bloqueado", "para ver este conteúdo",
    ),
    "it": (
        "contenuto bloccato", "per visualizzare questo contenuto",
    ),
    "ru": (
        "этот контент заблокирован", "для просмотра этого",
    ),
    "ja": (
        "この動画は再生できません", "このコンテンツを表示",
    ),
    "ko": (
        "이 콘텐츠를 보려면",
    ),
    "ar": (
        "هذا المحتوى محجوب", "لعرض هذا المحتوى",
    ),
    "hi": (
        "इस सामग्री को देखने",
    ),
}  # fmt: skip

#: What a page says to whoever looks at it, and what is no article however long it is.
NOTICES: dict[str, tuple[str, ...]] = {
    "zh": (
        "打开app", "下载app", "请下载", "请使用", "请在手机", "请用手机", "点击下载", "打开客户端", "在app内打开",
        "向上滑动看下一个", "微信扫一扫", "使用完整服务", "请在微信客户端打开", "请使用浏览器", "您的浏览器",
        "浏览器版本过低", "为了更好的体验", "本网站使用", "我们使用cookie", "本站使用cookie",
        "请开启javascript", "当前浏览器", "轻触阅读原文", "继续滑动看下一个", "正在加载", "加载中",
    ),
    "en": (
        "we use cookies", "this site uses", "this website uses", "our site uses", "our website uses",
        "we and our", "by continuing", "by using", "by clicking", "please enable", "you need to enable",
        "javascript is", "your browser", "this browser", "enable javascript", "we value your privacy",
        "loading",
    ),
    "de": (
        "wir verwenden cookies", "diese website verwendet", "diese webseite verwendet", "wir und unsere",
        "bitte aktivieren sie", "ihr browser", "um diese seite",
    ),
    "fr": (
        "nous utilisons des cookies", "ce site utilise", "en poursuivant", "nous et nos partenaires",
        "avec votre accord", "votre navigateur", "veuillez activer",
    ),
    "es": (
        "utilizamos cookies", "usamos cookies", "este sitio utiliza", "esta web utiliza", "nosotros y nuestros",
        "su navegador", "al continuar",
    ),
    "pt": (
        "utilizamos cookies", "usamos cookies", "este site utiliza", "este site usa", "nós e os nossos",
        "seu navegador", "ao continuar",
    ),
    "it": (
        "utilizziamo i cookie", "questo sito utilizza", "questo sito usa", "noi e i nostri", "il tuo browser",
        "continuando",
    ),
    "ru": (
        "мы используем cookie", "мы используем файлы", "этот сайт использует", "ваш браузер",
        "продолжая использовать", "включите javascript",
    ),
    "ar": (
        "نستخدم ملفات تعريف", "يستخدم هذا الموقع", "متصفحك", "باستخدام هذا الموقع",
    ),
    "hi": (
        "हम कुकीज़", "यह वेबसाइट कुकीज़", "आपका ब्राउज़र",
    ),
    "ja": (
        "当サイトではcookie", "このサイトではcookie", "当サイトでは、", "javascriptを有効", "お使いのブラウザ",
        "ご利用のブラウザ",
    ),
    "ko": (
        "쿠키를 사용", "이 웹사이트는", "브라우저", "자바스크립트를",
    ),
}  # fmt: skip


def all_of(phrases: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the phrases of all languages."""
    return tuple(dict.fromkeys(phrase for listed in phrases.values() for phrase in listed))
