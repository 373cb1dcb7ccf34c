"""Names of people who mean harm are text and nothing else, and nothing else can be made of the page."""

import re

UNSAFE = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def test_hostile_names_are_shown_as_they_are_written(opened, hostile):
    page = opened(hostile, "#heat")
    text = page.tab.locator("main").inner_text()
    assert "<script>alert(1)</script><img src=x onerror=alert(2)>" in text
    assert "DROP TABLE findings" in text
    assert not UNSAFE.search(text)
    assert page.tab.locator("main script, main img").count() == 0
    page.go("#findings?q=<script>")
    assert page.count("#findings")[0] > 0
    page.tab.locator("#findings .toggle").first.click()
    assert page.tab.locator("main script, main img").count() == 0


def test_a_hostile_address_is_text_too(opened, demo):
    page = opened(demo, "#findings?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&severity=%3Cscript%3E&page=-7&sort=nothing")
    assert page.count("#findings")[0] == 0
    page.go("#places?unit=/nowhere&account=%3Cb%3E")
    assert "no such place" in page.tab.locator("#places").inner_text()
    page.go("#constructor?toString=1")
    page.go("#%00%ff?%zz")


def test_the_policy_stops_what_is_put_into_the_page(opened, demo):
    page = opened(demo)
    stopped = page.tab.evaluate(
        """() => {
            try { document.body.innerHTML = "<b>x</b>"; return "markup was taken"; } catch (error) { return error.name; }
        }"""
    )
    assert stopped == "TypeError"
    page.tab.evaluate("{ const one = document.createElement('div'); one.setAttribute('style', 'color: red'); document.body.append(one); }")
    assert page.tab.evaluate("getComputedStyle(document.body.lastChild).color") != "rgb(255, 0, 0)"
    assert page.tab.evaluate("fetch('https://example.com/').then(() => 'sent', (error) => error.name)") == "TypeError"
    # That all of it was stopped is said, and expected here.
    assert len(page.said) >= 3 and all("Content Security Policy" in said or "TrustedHTML" in said or "Content-Security-Policy" in said for said in page.said)
    page.said.clear()
