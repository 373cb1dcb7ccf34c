"""The page in a browser: what is clicked, chosen and typed does what it says."""

import json
import re

import lakes


def test_coverage_comes_first_and_every_figure_has_its_denominator(opened, demo):
    page = opened(demo).tab
    titles = page.locator("main h2").all_text_contents()
    assert titles[:3] == ["Coverage", "Score", "Trend"]
    coverage, score = page.locator("#coverage .lead").inner_text(), page.locator("#score .lead").inner_text()
    assert re.search(r"^\d+(\.\d)? %\n+[\d,]+ of [\d,]+ cells seen whole", coverage)
    assert re.search(r"^\d+(\.\d)? %\n+[\d,]+ passed of [\d,]+ judged", score)


def test_filters_narrow_what_is_found_and_reset_shows_it_again(opened, demo, demo_lake):
    page = opened(demo, "#findings")
    assert page.count("#findings") == (lakes.failing(demo_lake),) * 2
    page.tab.select_option("#findings select >> nth=0", "critical")
    found, _ = page.count("#findings")
    assert set(page.column("#findings", 2)) == {"critical"}
    page.tab.fill("#findings input[type=search]", "training-job")
    page.until("location.hash.includes('q=training-job')")
    fewer, _ = page.count("#findings")
    assert 0 < fewer < found
    page.tab.click("#findings button.reset")
    assert page.count("#findings") == (lakes.failing(demo_lake),) * 2
    page.tab.fill("#findings input[type=search]", "no such thing")
    page.until("location.hash.includes('q=no')")
    assert page.count("#findings")[0] == 0
    assert "Nothing matches" in page.tab.locator("#findings tbody").inner_text()


def test_heads_sort_both_ways_and_say_so(opened, demo):
    page = opened(demo, "#findings")
    for column, direction in ((4, "ascending"), (4, "descending")):
        page.tab.click(f"#findings thead > tr > :nth-child({column}) button")
        assert page.tab.get_attribute(f"#findings thead > tr > :nth-child({column})", "aria-sort") == direction
        names = page.column("#findings", column)
        assert names == sorted(names, reverse=direction == "descending")


def test_pages_are_turned_and_the_address_remembers(opened, demo):
    page = opened(demo, "#findings")
    first = page.column("#findings", 4)
    page.tab.click("#findings .pager [data-to=next]")
    second = page.column("#findings", 4)
    assert first != second and page.tab.evaluate("location.hash") == "#findings?page=2"
    page.go("#findings?page=2")
    assert page.column("#findings", 4) == second
    page.tab.select_option("#findings .pager select", "100")
    assert len(page.column("#findings", 4)) == 100
    page.tab.click("#findings .pager [data-to=last]")
    assert page.tab.locator("#findings .pager [data-to=next]").is_disabled()


def test_a_finding_opens_to_its_evidence_and_what_mends_it_with_its_names(opened, demo):
    page = opened(demo, "#findings?check=training-job-vpc")
    name, account = page.column("#findings", 4)[0], page.column("#findings", 5)[0][-12:]
    toggle = page.tab.locator("#findings .toggle").first
    toggle.click()
    assert toggle.get_attribute("aria-expanded") == "true"
    more = page.tab.locator("#findings tr.more:not([hidden])")
    more.locator("pre code", has_text="{").first.wait_for()
    assert json.loads(more.locator("pre").first.inner_text()) == {"VpcConfig": None}
    more.locator("summary", has_text="With the AWS CLI").click()
    command = more.locator("details[open] pre").inner_text()
    assert f"--training-job-name {name}" in command and "{name}" not in command
    assert f":{account}:training-job/{name}" in more.locator("dl").inner_text()
    assert "What mends it" in more.inner_text() and "Why it matters" in more.inner_text()
    toggle.click()
    assert page.tab.locator("#findings tr.more:not([hidden])").count() == 0


def test_a_link_leads_to_one_finding_and_opens_it(opened, demo):
    page = opened(demo, "#findings?severity=high")
    page.tab.locator("#findings .toggle").nth(3).click()
    name = page.column("#findings", 4)[3]
    link = page.tab.locator("#findings tr.more:not([hidden]) a", has_text="Link to this finding").get_attribute("href")
    page.go(link)
    assert page.count("#findings")[0] == 1 and page.column("#findings", 4) == [name]
    assert page.tab.locator("#findings tr.more:not([hidden])").count() == 1
    page.tab.click("#findings .chip button")
    assert page.count("#findings")[0] > 1


def test_units_lead_to_accounts_and_these_to_regions_and_findings(opened, demo):
    page = opened(demo, "#places")
    page.follow(page.tab.locator("#places-grid tbody a", has_text="Data Science").first.click)
    assert page.tab.locator("#places .crumbs a").all_text_contents() == ["Organization", "Data Science"]
    while page.tab.locator("#places-grid tbody th", has_text=" unit").count():
        page.follow(page.tab.locator("#places-grid tbody th", has_text=" unit").first.locator("a").click)
    page.follow(page.tab.locator("#places-grid tbody th a").first.click)
    assert "account=" in page.tab.evaluate("location.hash")
    regions = page.column("#places-grid", 1)
    assert regions and all(re.match(r"[a-z]+-[a-z]+-\d region", region) for region in regions)
    page.follow(page.tab.locator("#places-grid tbody td a").first.click)
    found, rows = page.count("#findings")
    assert 0 < found < rows and "region=" in page.tab.evaluate("location.hash")
    page.follow(page.tab.go_back)
    assert page.tab.evaluate("location.hash").startswith("#places?account=")


def test_an_account_of_which_nothing_was_seen_is_unknown_and_not_zero(opened, demo):
    page = opened(demo, "#gaps?outcome=ASSUME_ROLE_FAILED")
    account = page.column("#gaps", 1)[0][-12:]
    page.go(f"#places?account={account}")
    assert set(page.column("#places-grid", 4)) == {"unknown"}, "nothing failed there, as far as anybody knows"
    page.go(f"#heat?q={account}")
    marks = page.tab.locator("#heat tbody tr").first.locator(".heat").all_text_contents()
    assert set(marks) == {"unknown"}


def test_the_heat_of_a_control_leads_to_what_fails_of_it(opened, demo):
    page = opened(demo, "#heat")
    mark = page.tab.locator("#heat tbody a.h0").first
    fail = int(re.search(r"([\d,]+) fail$", mark.get_attribute("aria-label"))[1].replace(",", ""))
    page.follow(mark.click)
    assert page.count("#findings")[0] == fail


def test_an_origin_leads_to_its_findings(opened, demo):
    page = opened(demo, "#origins?source_kind=ROLE")
    cells = page.tab.locator("#origins tbody tr").first
    count = int(cells.locator("> :nth-child(7)").inner_text().replace(",", ""))
    page.follow(cells.locator("a").first.click)
    assert page.count("#findings")[0] == count
    assert page.tab.locator("#findings .chip").inner_text().startswith("From: ROLE arn:aws:iam::")


def test_origins_of_studio_and_projects_lead_to_findings_too(opened, varied):
    for kind in ("PROJECT", "DOMAIN", "USER_PROFILE"):
        page = opened(varied, f"#origins?source_kind={kind}")
        assert page.count("#origins")[0] > 0, kind
        page.follow(page.tab.locator("#origins tbody a").first.click)
        assert page.count("#findings")[0] > 0, kind


def test_what_began_to_fail_in_a_run_is_what_its_link_leads_to(opened, program, nights, folder):
    # A day that was run twice: each page speaks of its run.
    for run in ("20261203T030000Z-0008", "20261203T090000Z-0009"):
        page = opened(lakes.page(program, nights, folder / f"{run}.html", run))
        tiles = page.tab.locator("#changes .tile")
        assert tiles.count() == 4
        for place in (0, 1):
            told = int(tiles.nth(place).locator(".big").inner_text().replace(",", ""))
            page.go(tiles.nth(place).locator("a").get_attribute("href"))
            assert page.count("#findings")[0] == told, run


def test_the_first_run_has_nothing_to_change_against(opened, demo):
    page = opened(demo, "#changes").tab
    assert page.locator("#changes .tile").count() == 0
    assert "This is the first run" in page.locator("#changes").inner_text()


def test_paper_says_which_rows_of_how_many_it_shows(opened, demo, demo_lake):
    page = opened(demo, "#findings?page=2").tab
    paper = page.locator("#findings .paper")
    assert not paper.is_visible()
    page.emulate_media(media="print")
    assert paper.is_visible() and paper.inner_text() == f"Rows 26–50 of {lakes.failing(demo_lake):,}"


def test_many_nights_have_charts_with_their_figures_beside_them(opened, varied):
    page = opened(varied)
    assert page.tab.locator("main svg").count() == 4
    for chart in page.tab.locator(".chart").all():
        assert chart.get_attribute("role") == "img" and "figures" in chart.get_attribute("aria-label")
    page.tab.locator("#trend summary").click()
    assert page.tab.locator("#trend tbody tr").count() > 20


def test_exceptions_keys_and_what_is_past_its_time_are_told(opened, varied, varied_lake):
    page = opened(varied, "#findings?time=past its time")
    assert page.count("#findings")[0] > 0 and all("late" in days for days in page.column("#findings", 8))
    page.go("#exceptions")
    words = {"EXPIRED": "has ended", "EXPIRING": "ends soon", "IN_FORCE": "stands"}
    written = {
        row["exception_id"]: words[row["state"]] + (", covers nothing" if row["is_unused"] else "")
        for row in lakes.latest(varied_lake, "exceptions")
    }
    assert dict(zip(page.column("#exceptions", 2), page.column("#exceptions", 3))) == written
    covering = page.tab.locator("#exceptions tbody tr:not(.more)", has=page.tab.locator("a")).first
    number = covering.locator("a").inner_text()
    page.follow(covering.locator("a").click)
    covered = [row for row in lakes.latest(varied_lake, "findings") if row["exception_id"] == number]
    assert page.count("#findings")[0] == sum(row["status"] == "FAIL" for row in covered) > 0
    assert page.tab.locator("#findings .chip").inner_text().startswith(f"Under: {number}")
    page.go(f"#findings?exception={number[:-1]}")
    assert page.count("#findings")[0] == 0, "an exception is not one whose name begins as its does"
    page.go("#keys")
    assert page.count("#keys")[0] > 0 and any("TrainingJob" in uses for uses in page.column("#keys", 8))


def test_a_browser_that_cannot_unpack_says_so_and_shows_the_rest(opened, chromium, demo):
    tab = chromium.new_context().new_page()
    tab.add_init_script("delete globalThis.DecompressionStream")
    tab.goto(demo.as_uri())
    tab.wait_for_selector("html[data-state=failed]", state="attached")
    assert "cannot be opened here" in tab.locator("#trouble").inner_text()
    assert "cells seen whole" in tab.locator("#coverage").inner_text()


def test_without_scripts_the_lead_is_there(chromium, demo):
    tab = chromium.new_context(java_script_enabled=False).new_page()
    tab.goto(demo.as_uri())
    assert "Scripts do not run here" in tab.locator("main").inner_text()
    assert tab.locator("#coverage table tbody tr").count() > 1 and tab.locator("#score table tbody tr").count() > 1
