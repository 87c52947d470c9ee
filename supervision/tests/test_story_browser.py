"""One lagging project from yellow to green: notice, extension, reply, a look on the site, an untrue report put right, recovery, 销号.

Five people, two of them with a phone; at each station what the person sees, and at the end the whole time line.
"""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from erqi.common.models import User
from projects.choices import ResponsibilityKind, WarningLevel
from projects.models import Ledger, Milestone
from projects.tests.builders import make_responsibility, make_unit
from projects.tests.report_builders import district_ledger, join
from projects.tests.warning_builders import FROM, enter_coloured, make_policy
from supervision.services.mechanism import add_theme
from supervision.tests.story import Story, photo

D = date
# A Friday; the holidays of October are from the 1st to the 7th, the two days before them are worked.
FIRST, SIGNED, CLAIMED, LOOKED, EXPLAINED, SETTLED, DONE = (
    *(D(2018, 9, 28), D(2018, 9, 29), D(2018, 10, 8), D(2018, 10, 9)),
    *(D(2018, 10, 10), D(2018, 10, 11), D(2018, 10, 12)),
)
NAME, UNIT, LEAD, STEP = "南水北调公园二期", "公园建设指挥部", "区园林局", "主体施工"


@pytest.fixture(scope="module")
def milestone(site) -> Milestone:
    """The milestone that makes a project yellow; the demonstration's reporter reports the project."""
    with site.data():
        unit, lead = make_unit(UNIT), make_unit(LEAD)
        join(User.objects.get(username="reporter"), unit)
        ledger = district_ledger()
        make_policy(FROM)
        Ledger.objects.filter(pk=ledger.pk).update(warned_since=FROM)
        ledger.refresh_from_db()
        project = enter_coloured(ledger, WarningLevel.YELLOW, NAME, on=FIRST).project
        make_responsibility(project, unit, ResponsibilityKind.UNDERTAKE)
        make_responsibility(project, lead, ResponsibilityKind.LEAD)
        add_theme(code="story", seq=91, name="园林绿化", by=None)
        return Milestone.objects.select_related("project").get(project=project)


def test_a_lagging_project_from_yellow_to_green(site, page, log_in, milestone):
    story = Story(site, page, log_in, milestone.project, milestone)
    item = an_item_is_registered(story)
    notice = a_notice_is_drafted_approved_and_issued(story)
    story.on(SIGNED)
    the_unit_signs_and_asks_for_time(story, notice)
    story.on(CLAIMED)
    the_unit_claims_to_be_done_and_replies(story, notice)
    story.on(LOOKED)
    finding = the_inspector_finds_it_untrue(story, notice)
    story.on(EXPLAINED)
    the_unit_puts_it_right(story, finding)
    story.on(SETTLED)
    the_finding_is_settled(story, finding)
    story.on(DONE)
    the_work_is_done_and_the_colour_recovers(story)
    the_notice_is_closed(story, notice)
    the_item_is_struck_off(story, item)
    everybody_reads_the_whole_course(story)


def an_item_is_registered(story: Story) -> str:
    """督察办 sees the yellow project on its desk, opens it, and enters it in a supervision ledger."""
    story.enter("supervision")
    story.go_to_project()
    story.in_heading("预警", NAME)
    story.sees("逾期 15 天")
    story.click("督察立项")
    story.choose("督察台账", "园林绿化")
    story.fill(目标任务="主体完工并开放", 完成时限="2018-10-31")
    # The project's own grid is filled in.
    expect(story.main.get_by_label("承办单位")).to_have_value(UNIT)
    story.send("立项")
    story.says("已立项，编号")
    story.sees("推进中", "主体完工并开放", UNIT)
    return story.page.url


def a_notice_is_drafted_approved_and_issued(story: Story) -> str:
    """One step from the project's page, with its figures; a leader approves, 督察办 issues with a number."""
    story.go_to_project()
    story.click("拟发通知单")
    expect(story.main.get_by_label("主送（承办）单位")).to_have_value(UNIT)
    expect(story.main.get_by_label("抄送")).to_have_value(LEAD)
    expect(story.main.get_by_label("正文")).to_have_value(re.compile(rf"截至2018年9月28日，“{NAME}”项目.*预警[\s\S]*{STEP}.*15"))
    expect(story.main.get_by_label("办理时限（工作日）")).to_have_value("5")
    story.send("保存拟稿")
    notice = story.page.url
    story.click("送审")
    story.send("送审")
    story.in_heading("待审签")

    story.todo("leader", "待审签", "审签")
    story.sees(NAME, "逾期 15 天")
    story.fill(意见="同意，限期反馈")
    story.send("同意签发")
    story.in_heading("待下发")

    story.todo("supervision", "待下发", "下发")
    story.send("下发")
    story.in_heading("待签收")
    expect(story.page.locator("body")).to_contain_text(re.compile(r"二七督〔2018〕\d+号"))
    # Five working days, the holidays left out.
    story.sees("2018年10月10日", "同意，限期反馈")
    return notice


def the_unit_signs_and_asks_for_time(story: Story, notice: str) -> None:
    """填报员, on a phone: signs, asks for two days more with the reason; 督察办 grants them."""
    story.todo("reporter", "签收：二七督", "签收")
    story.send("签收")
    story.says("已签收")
    story.in_heading("办理中")
    story.click("申请延期")
    story.fill(申请延至="2018-10-12", 申请理由="国庆假期停工", 证明材料=[photo("停工通知.jpg", "gray")])
    story.send("申请延期")
    story.in_heading("申请延期")
    story.sees("申请延期至2018年10月12日")

    story.todo("supervision", "申请延期", "决定")
    story.sees("国庆假期停工")
    expect(story.main.get_by_role("img", name="停工通知.jpg")).to_have_count(1)
    story.click("同意延期")
    expect(story.main.get_by_label("同意延至")).to_have_value("2018-10-12")
    story.send("同意延期")
    story.in_heading("办理中")
    story.sees("延期 1 次", "2018年10月12日")


def the_unit_claims_to_be_done_and_replies(story: Story, notice: str) -> None:
    """填报员 records the milestone as done, with a picture, and replies; the system proposes to lift the colour."""
    story.enter("reporter")
    story.go_to_project()
    story.main.locator(f"#milestone-{story.milestone.pk}").get_by_role("link", name="更新进展").click()
    story.look()
    story.fill(进展情况="主体施工完成")
    story.main.get_by_label("本节点已完成").check()
    story.fill(完成日期="2018-10-08")
    story.main.get_by_label("照片、文件").set_input_files([photo("主体.jpg", "orange")])
    story.send("提交")
    expect(story.main.locator(f"#milestone-{story.milestone.pk}")).to_contain_text("2018-10-08")

    story.todo("reporter", "反馈：二七督", "反馈")
    story.choose("病因", "手续")
    story.fill(反馈内容="一、图审滞后。二、倒排工期。三、主体已于10月8日完成。", 照片或材料=[photo("反馈.jpg", "orange")])
    story.send("提交反馈")
    story.says("已反馈，等待审核")
    story.in_heading("待审核")


def the_inspector_finds_it_untrue(story: Story, notice: str) -> str:
    """督察员, on a phone at the site: reported done, seen undone: 不实, beside the colour at once; the reply goes back."""
    story.todo("inspector", "已反馈，待审核", "审核")
    story.sees("主体已于10月8日完成")
    story.go_to_project()
    story.click("登记督察")
    story.sees("上报 2018-10-08 完成")
    story.choose(f"节点：{STEP}", "现场未完成")
    story.fill(地点="工地东区", **{"现场形象进度（%）": "60"})
    story.choose("结论", "不实")
    story.fill(不实之处="上报主体完成，现场只到三层", 督察意见="请更正并说明", 现场照片或文件=[photo("现场.jpg", "red")])
    story.send("登记结论")
    story.says(f"督察结论“不实”已登记，并已告知“{UNIT}”")
    story.sees("已作出不实认定", "2018-10-08", "现场只到三层")
    story.click("不实认定")
    finding = story.page.url
    story.sees(f"节点“{STEP}”2018-10-08完成")
    story.in_heading("待更正说明")
    story.go_to_project()
    story.in_heading("上报不实")
    story.go(notice)
    story.click("退回重办")
    story.fill(需要补充或重办的内容="现场未完成，请重新反馈", 新的反馈时限="2018-10-12")
    story.send("退回重办")
    story.in_heading("办理中", "反馈被退回 1 次")
    return finding


def the_unit_puts_it_right(story: Story, finding: str) -> None:
    """重点项目办 takes the completion back, 填报员 explains on a phone."""
    story.enter("office")
    story.go_to_project()
    story.in_heading("上报不实")
    story.todo("office", f"撤销节点完成：{STEP}", "撤销完成")
    story.fill(撤销原因="督察发现现场未完成")
    story.send("确认撤销")
    story.in_heading("预警", "上报不实")

    story.todo("reporter", "督察结论待阅知：不实", "阅知")
    story.click("阅知无异议")
    story.send("阅知无异议")
    story.todo("reporter", "上报不实，限期更正并说明", "更正并说明")
    story.sees("上报主体完成，现场只到三层")
    story.fill(更正了什么="已撤销主体完成", 原因说明="误把计划当完成", 照片或文件=[photo("更正.jpg", "yellow")])
    story.send("更正并说明")
    story.says("已提交更正和说明，等待督察员核查")
    story.in_heading("待核查")


def the_finding_is_settled(story: Story, finding: str) -> None:
    """督察员 checks, 督察办 settles: only then the badge leaves the colour."""
    story.todo("inspector", "上报不实待核查", "核查")
    story.sees("误把计划当完成")
    story.click("核查属实")
    story.fill(情况="节点已恢复为未完成，与现场一致")
    story.send("核查属实")
    story.go_to_project()
    story.in_heading("上报不实")
    story.todo("supervision", "上报不实待办结", "办结")
    story.click("办结")
    story.send("办结")
    story.says("已办结，项目颜色旁不再标注")
    story.go_to_project()
    story.in_heading("预警")
    expect(story.heading).not_to_contain_text("上报不实")


def the_work_is_done_and_the_colour_recovers(story: Story) -> None:
    """填报员 records the completion that is true, and replies anew; 督察员 passes the reply and verifies, 督察办 confirms: green."""
    story.enter("reporter")
    story.go_to_project()
    story.main.locator(f"#milestone-{story.milestone.pk}").get_by_role("link", name="更新进展").click()
    story.look()
    story.fill(进展情况="主体施工完成，已验收")
    story.main.get_by_label("本节点已完成").check()
    story.fill(完成日期="2018-10-12")
    story.main.get_by_label("照片、文件").set_input_files([photo("封顶.jpg", "green")])
    story.send("提交")
    story.in_heading("预警")
    story.todo("reporter", "反馈：二七督", "反馈")
    story.choose("病因", "手续")
    story.fill(反馈内容="主体已于10月12日完成并验收", 照片或材料=[photo("验收.jpg", "green")])
    story.send("提交反馈")
    # The earlier reply was returned: until this one is passed, the project stays yellow for it.
    story.go_to_project()
    story.in_heading("预警")
    story.todo("inspector", "已反馈，待审核", "审核")
    story.in_heading("反馈被退回 1 次")
    story.click("审核通过")
    story.fill(意见="现场核对属实")
    story.send("审核通过")
    story.in_heading("待办结")

    story.todo("inspector", "摘牌", "核验")
    # What was sent with the untrue completion proves nothing any more.
    expect(story.main.get_by_role("img", name="封顶.jpg")).to_have_count(1)
    expect(story.main.get_by_role("img", name="主体.jpg")).to_have_count(0)
    story.fill(核验情况="10月12日到现场，主体已完成")
    story.main.get_by_label("佐证照片或文件").set_input_files([photo("核验.jpg", "green")])
    story.send("提交核验")
    story.todo("supervision", "摘牌", "确认")
    story.send("确认摘牌")
    story.go_to_project()
    story.in_heading("正常")
    expect(story.heading).not_to_contain_text("预警")


def the_notice_is_closed(story: Story, notice: str) -> None:
    """The reply came within the time granted, and was passed: 督察办 closes."""
    story.todo("supervision", "待办结", "办结")
    story.fill(意见="同意办结")
    story.send("办结")
    story.in_heading("办结")


def the_item_is_struck_off(story: Story, item: str) -> None:
    """填报员 applies with both pictures, 督察员 verifies, 督察办 confirms."""
    story.enter("reporter")
    story.go(item)
    story.click("申请销号")
    story.fill(完成情况="主体完工，已开放")
    story.main.get_by_label("办理前的照片或文件").set_input_files([photo("前.jpg", "red")])
    story.main.get_by_label("办理后的照片或文件").set_input_files([photo("后.jpg", "green")])
    story.send("申请销号")
    story.says("已申请销号，等待督察员核验")
    story.in_heading("待核验")
    story.todo("inspector", "销号待核验", "核验")
    expect(story.main.get_by_role("img", name="前.jpg")).to_have_count(1)
    expect(story.main.get_by_role("img", name="后.jpg")).to_have_count(1)
    story.fill(情况="公园已开放")
    story.send("核验通过")
    story.in_heading("待确认")
    story.todo("supervision", "销号待确认", "确认销号")
    story.sees("公园已开放")
    story.send("确认销号")
    story.says("已销号")
    story.in_heading("已销号")
    story.sees("办理前", "办理后")


# What the project's time line says in the end, the latest first.
COURSE = [
    *("确认销号", "核验通过", "申请销号", "办结", "审核通过", "反馈"),
    *("办结", "核查属实", "更正并说明", "阅知无异议", "退回重办", "认定不实", "登记督察结论", "反馈"),
    *("同意延期", "申请延期", "签收", "下发", "审签", "送审", "拟稿", "立项"),
]


def everybody_reads_the_whole_course(story: Story) -> None:
    """区领导 reads the last steps on the project's page and all of them on its time line; an earlier day shows what stood then."""
    story.enter("leader")
    story.go_to_project()
    traces = story.main.locator("section", has=story.page.get_by_role("heading", name="督察痕迹"))
    last = traces.locator(".event strong").all_inner_texts()
    assert last == COURSE[: len(last)]
    traces.get_by_role("link", name="全部").click()
    story.look()
    steps = story.main.locator("tbody td[data-label=办理]").all_inner_texts()
    assert [step.partition(" → ")[0] for step in steps] == COURSE
    story.go(f"{story.project.get_absolute_url()}?as_of=2018-10-09")
    story.in_heading("上报不实")
