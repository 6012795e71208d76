"""Names of the months in languages other than English, whose pages print the day first: 3. März 2022, 3 de marzo."""

from __future__ import annotations

import re
import unicodedata

#: Language -> the names from January to December, each with its short forms, as they stand behind a day.
_NAMES = {
    "cs": "ledna únor,února března,březen dubna května června července srpna září října listopadu prosince",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "de": "januar,jänner,jan februar,feber,feb märz,mär,mrz april,apr mai juni,jun juli,jul august,aug"
    " september,sept,sep oktober,okt november,nov dezember,dez",
    "es": "enero,ene febrero,feb marzo,mar abril,abr mayo junio,jun julio,jul agosto,ago"
    " septiembre,setiembre,sept octubre,oct noviembre,nov diciembre,dic",
    "fr": "janvier,janv février,févr,fév mars avril,avr mai juin juillet,juil août septembre,sept octobre,oct"
    " novembre,nov décembre,déc",
    "id": "januari februari maret april mei juni juli agustus september oktober november desember,des",
    "it": "gennaio,gen febbraio,feb marzo,mar aprile,apr maggio,mag giugno,giu luglio,lug agosto,ago"
    " settembre,sett,set ottobre,ott novembre,nov dicembre,dic",
    "nl": "januari,jan februari,feb maart,mrt april,apr mei juni,jun juli,jul augustus,aug september,sep"
    " oktober,okt november,nov december,dec",
    "pl": "stycznia,sty lutego,lut marca kwietnia,kwi maja czerwca,cze lipca,lip sierpnia,sie września,wrz"
    " października,paź listopada,lis grudnia,gru",
    "pt": "janeiro,jan fevereiro,fev março,mar abril,abr maio,mai junho,jun julho,jul agosto,ago setembro,set"
    " outubro,out novembro,nov dezembro,dez",
    "ro": "ianuarie,ian februarie,feb martie,mar aprilie,apr mai iunie,iun iulie,iul august,aug septembrie,sept"
    " octombrie,oct noiembrie,noi decembrie,dec",
    "ru": "января,янв февраля,фев,февр марта,мар апреля,апр мая,май июня,июн июля,июл августа,авг"
    " сентября,сен,сент октября,окт ноября,ноя,нояб декабря,дек",
    "sv": "januari,jan februari,feb mars april,apr maj juni juli augusti,aug september,sep oktober,okt"
    " november,nov december,dec",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "tr": "ocak,oca şubat,şub mart nisan,nis mayıs haziran,haz temmuz,tem ağustos,ağu eylül,eyl ekim,eki"
    " kasım,kas aralık,ara",
}


def _plain(name: str) -> str:
    return re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", name))


#: Name of a month in small letters, with accents and without -> its number. No name is of two months.
MONTHS = {
    spelling: number
    for names in _NAMES.values()
    for number, forms in enumerate(names.split(), start=1)
    for name in forms.split(",")
    for spelling in (name, _plain(name))
}
#: Languages in which 3/4/2022 is in April. English is one of them outside of the United States.
DAY_FIRST = frozenset((*_NAMES, "bg", "ca", "el", "fi", "he", "hr", "ms", "no", "nb", "sk", "sl", "vi"))
_ENGLISH_DAY_FIRST = frozenset(("en-au", "en-gb", "en-hk", "en-ie", "en-in", "en-nz", "en-sg", "en-za"))


def prints_day_first(lang: str | None) -> bool:
    """Return whether a page in this language prints the day before the month where both are numbers."""
    code = (lang or "").lower().replace("_", "-")
    return code in _ENGLISH_DAY_FIRST or code.partition("-")[0] in DAY_FIRST
