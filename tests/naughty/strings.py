"""Texts that have broken other programs, each by what it tries. No one of them may do anything here."""

MARK = "N4ughty"  # in each, so that it is found again
XSS = "window.__xss=1"

NAUGHTY = {
    "tag": f"{MARK}<script>{XSS}</script><img src=x onerror='{XSS}'>",
    "svg": f"{MARK}<svg/onload={XSS}><details open ontoggle={XSS}>",
    "attribute": f"{MARK}\" onmouseover={XSS} autofocus onfocus={XSS} x='",
    "attribute, single quotes": f"{MARK}' onfocus={XSS} autofocus x=\"",
    "end of a title, a field, a comment": f"{MARK}</title></textarea></select></option>--><script>{XSS}</script>",
    "address": f"javascript:{XSS}//{MARK}",
    "entity": f"{MARK}&lt;script&gt;{XSS}&lt;/script&gt;&#x0;&nbsp",
    "template": f"{MARK}{{{{7*7}}}}{{% raw %}}${{7*7}}#{{7*7}}<%=7*7%>",
    "format": f"{MARK}%s%n%(name)s{{0}}{{name}}%00",
    "sql": f"{MARK}'; DROP TABLE song; --\" OR 1=1 /*\\",
    "like": f"{MARK}%_\\%\\_[a-z]*?",
    "shell": f"{MARK}; `touch /tmp/x` $(touch /tmp/x) | cat && > x",
    "formula": f"=cmd|' /C calc'!A0 {MARK}",
    "formula, plus": f"+1+1 {MARK}",
    "formula, minus": f"-1+1 {MARK}",
    "formula, at": f"@SUM(1) {MARK}",
    "formula, wide": f"＝1+1 {MARK}",
    "formula behind a blank": f" =1+1 {MARK}",
    "formula behind a tab": f"\t=1+1 {MARK}",
    "lines": f"{MARK}\r\nlevel=error event=forged\nSet-Cookie: a=b\u2028\u2029\x85\x0b\x0c",
    "terminal": f"{MARK}\x1b[2J\x1b]0;title\x07\x9b31m\x08\x7f",
    "right to left": f"{MARK}\u202egpj.exe\u2066\u200f\u061c",
    "zero width": f"{MARK}\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "combining": MARK + "Z" + "\u0351\u034d\u0321" * 10,  # as many as are kept in a row
    "emoji": f"{MARK}👩‍👩‍👧‍👦🏳️‍🌈🇦🇶\U0010ffff\ufffe",
    "scripts": f"{MARK} שלום عربى 日本語 ไทย हिन्दी ǅ ß ı İ ﷺ",
    "path": f"{MARK}/../../../etc/passwd%2e%2e%2f..\\..\\C:\\x|CON",
    "long": MARK + "W" * 10_000,
    "long, with blanks": f"{MARK} " + "many words " * 900,
}
UNSTORABLE = {"nul": f"{MARK}\x00tail"}
# What no text can be, and JSON can yet spell.
LONE_SURROGATE = b'"N4ughty\\ud800"'
