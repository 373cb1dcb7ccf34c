"""200,000 failing findings: they are all there, and what is asked of them is answered."""

import lakes

MANY = 200_000


def test_all_of_them_are_found_narrowed_sorted_and_turned(opened, program, demo_lake, folder):
    lake = lakes.grown(demo_lake, folder / "many", MANY)
    file = lakes.page(program, lake, folder / "many.html")
    # As an e-mail takes it.
    assert file.stat().st_size < 20_000_000
    page = opened(file, "#findings")
    assert page.count("#findings") == (MANY, MANY)
    page.tab.select_option("#findings select >> nth=0", "high")
    found, _ = page.count("#findings")
    assert 0 < found < MANY and set(page.column("#findings", 2)) == {"high"}
    page.tab.click("#findings [data-sorts=resource]")
    page.tab.click("#findings .pager [data-to=last]")
    names = page.column("#findings", 4)
    assert names == sorted(names)
    page.tab.locator("#findings .toggle").first.click()
    page.tab.locator("#findings tr.more:not([hidden]) pre code", has_text="{").first.wait_for()
