"""Write the four binary sample drafts into a folder: two .docx, one .pdf, one .xlsx.

    python scripts/make_samples.py tests/samples

The words stand here, so that a change to a sample can be read in a diff. Companies, people and figures
are invented. The same libraries give the same bytes on every run: dates are fixed, and the .docx files
are packed again because python-docx stamps its zip members with the clock.

Needs python-docx, reportlab and xlsxwriter.
"""

import argparse
import datetime as dt
import io
import zipfile
from pathlib import Path

import docx
import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import ListFlowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

ZIP_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold

# A draft is a list of blocks, each (kind, content):
#   title, subtitle, h1, h2, p, quote   text
#   bullets, checklist                  list of texts
#   table                               list of rows, the first one is the head; "" is a blank to fill in
#   page                                None: a new page begins

MIGRATION_WORKBOOK = [
    ("title", "Leaving your old lab system: a migration workbook"),
    ("subtitle", "For laboratories moving to Veridole LIMS"),
    ("p", "Edition 3, August 2026"),
    ("p", "This copy belongs to: ______________________________"),
    ("page", None),
    ("h1", "How to use this workbook"),
    (
        "p",
        "You have chosen Veridole, or you are close to it, and a date has been said aloud in a meeting. This "
        "workbook takes you from that meeting to the first Monday on the new system. It is written for the person "
        "who will be rung up when a sample cannot be found. Print it, write in it, argue over it. Each part ends "
        "with a box that somebody has to sign.",
    ),
    (
        "p",
        "It holds what we have learned from moving fifty-eight laboratories, water and food testing for the most "
        "part. Where we tell you a number of days, it is the middle one of those fifty-eight.",
    ),
    ("h2", "Contents"),
    (
        "bullets",
        [
            "Part 1: What you have today",
            "Part 2: Your cut-over plan",
            "Part 3: Checking what has come across",
            "Part 4: The cost sheet",
            "Part 5: The first Monday",
            "Contact",
        ],
    ),
    ("page", None),
    ("h1", "Part 1: What you have today"),
    (
        "p",
        "Count before you plan. The old system will tell you how many test methods it holds; it will not tell you "
        "that a third of them have not been run since the analyst who wrote them left. Only methods run in the "
        "last eighteen months go across. The rest go into the archive export, where an auditor can still read "
        "them.",
    ),
    (
        "table",
        [
            ["What", "In the old system", "Used in 18 months", "Goes across", "Who decides"],
            ["Test methods", "", "", "", ""],
            ["Customers and sampling points", "", "", "", ""],
            ["Instruments with a data link", "", "", "", ""],
            ["Report templates", "", "", "", ""],
            ["Open samples on cut-over day", "", "", "", ""],
        ],
    ),
    ("h2", "Checklist"),
    (
        "checklist",
        [
            "We have read access to the old database, and not only to its screens",
            "Every method in use has an owner by name",
            "Limits and units are written down for each customer who has their own",
            "We know which spreadsheets the lab runs on the side (there are always some)",
            "The accreditation body has been told about the change and has sent its list of questions",
        ],
    ),
    ("p", "Signed for Part 1: ____________________   Date: ____________"),
    ("h1", "Part 2: Your cut-over plan"),
    (
        "p",
        "Veridole is set up in a copy, filled, thrown away and filled again. Plan for two rehearsals. The first "
        "will take you nine days and the second three. If the second takes longer than four, move the date; no "
        "laboratory that went ahead in spite of a slow rehearsal has thanked us.",
    ),
    (
        "table",
        [
            ["Step", "Days before", "Your name for it", "Done by", "Date"],
            ["Veridole copy opened, methods loaded", "60", "", "", ""],
            ["First rehearsal with last month's samples", "45", "", "", ""],
            ["Instrument links tested one by one", "30", "", "", ""],
            ["Second rehearsal, timed", "20", "", "", ""],
            ["Staff trained, two half days each", "14", "", "", ""],
            ["Freeze: no new methods in the old system", "7", "", "", ""],
            ["Old system read-only, final load", "1", "", "", ""],
        ],
    ),
    ("h2", "The way back"),
    (
        "p",
        "Until noon on the second day you can return to the old system without losing a result. Write here who "
        "may decide it, and what would have to be wrong: ____________________________________________",
    ),
    ("h1", "Part 3: Checking what has come across"),
    (
        "p",
        "Take forty finished samples. Choose them badly: the ones with re-tests, odd units, a customer who "
        "changed name. Print each report from both systems and lay the pages side by side. In Veridole, the "
        "screen Compare imported results lists differences for you, but do the first ten by eye.",
    ),
    (
        "checklist",
        [
            "Results agree to the last digit, rounding included",
            "Less-than signs have survived (they often do not)",
            "Sampling date, receipt date and test date are in the right order",
            "The analyst's name is that of the day and not of today",
            "Uncertainty is printed where the customer has asked for it",
        ],
    ),
    ("h1", "Part 4: The cost sheet"),
    (
        "p",
        "Licence and set-up are in your Veridole quotation. The costs below are those that people forget. Fill them in before you take the sum to whoever signs.",
    ),
    (
        "table",
        [
            ["Item", "Usual range", "Yours", "Budget line"],
            ["Overtime in the rehearsal weeks", "40 to 90 hours", "", ""],
            ["Old licence, months of overlap", "2 to 3 months", "", ""],
            ["New barcode labels and printers", "per bench", "", ""],
            ["Instrument maker's visit for the data link", "per instrument", "", ""],
            ["Archive export, storage for 10 years", "one-off", "", ""],
            ["Total", "", "", ""],
        ],
    ),
    ("h1", "Part 5: The first Monday"),
    (
        "p",
        "Take half the usual number of samples if you can. Have one person who does nothing but answer questions. "
        "Keep a sheet on the wall for complaints, read it out at four o'clock, and fix three. A Veridole engineer "
        "is with you for the first two days, on site or on the telephone.",
    ),
    ("p", "What went wrong today that we could have known? ____________________________________________"),
    ("p", "Signed for go-live: ____________________   Date: ____________"),
    ("page", None),
    ("h1", "Contact"),
    (
        "p",
        "Veridole makes laboratory software for water, food and soil testing. We are ninety people in two towns, and half of us have worked at a bench.",
    ),
    (
        "p",
        "Would you like somebody to go through your filled-in workbook with you? Write to moves@veridole.example or ring 020 7946 0114, and ask for the migration desk.",
    ),
    ("p", "© 2026 Veridole. You may copy the blank pages within your own laboratory."),
]

CASE_STUDY = [
    ("title", "How Brightwater Leisure went from 31 pool closures a year to 6"),
    ("subtitle", "Customer story: Brightwater Leisure and Sluicehearth"),
    (
        "p",
        "Six pools, four plant rooms, one plant manager with a van. In 2024 Brightwater shut a pool on 31 days. "
        "In the twelve months after it moved its plant records to Sluicehearth it did so on six, and two of those "
        "were a thunderstorm.",
    ),
    ("h1", "The customer"),
    (
        "p",
        "Brightwater Leisure runs public pools for three district councils along the coast. They are between "
        "eleven and fifty-two years old. Some 640,000 people swim in them every year, a good many before eight in "
        "the morning.",
    ),
    ("h1", "The problem"),
    (
        "p",
        "Each plant room kept a paper log. Chlorine and pH were written down every three hours by whoever was on "
        "duty, and the sheets went to a filing cabinet. The plant manager, Idris Okonjo-Vale, saw them on his "
        "rounds, which is to say once in eight days.",
    ),
    (
        "p",
        "So nothing was ever early. A dosing pump would weaken over a fortnight with every single figure in "
        "range, and then one Saturday the water was out and three hundred children were sent home.",
    ),
    (
        "quote",
        "I had thirty thousand numbers a year and could not have told you which way any of them was going. – Idris Okonjo-Vale, plant manager, Brightwater Leisure",
    ),
    ("h1", "What they did"),
    (
        "p",
        "Brightwater began with one pool, in February 2025. Lifeguards took the same readings at the same hours, "
        "on a waterproof tablet and in Sluicehearth. The software draws the line for each pump and filter and "
        "asks for a visit when the line bends. Nothing else was changed for the first six weeks, so that the two "
        "could be compared.",
    ),
    (
        "p",
        "In the fourth week Sluicehearth asked for somebody to look at the acid pump at the Harbour pool. The "
        "paper said that all was well. The diaphragm had a tear as long as a thumbnail.",
    ),
    (
        "p",
        "The other five pools followed by the end of May. Sluicehearth's own engineer set up the first two; Brightwater's apprentice did the rest.",
    ),
    ("h1", "The results"),
    (
        "table",
        [
            ["Measure", "2024", "June 2025 to May 2026", "Change"],
            ["Days with a pool closed", "31", "6", "-81 %"],
            ["Emergency call-outs", "44", "17", "-61 %"],
            ["Chemicals, £ per 1,000 swimmers", "38.20", "31.70", "-17 %"],
            ["Hours a week spent on logs", "29", "11", "-62 %"],
            ["Lost ticket income, £", "71,400", "12,900", "-82 %"],
        ],
    ),
    ("p", "Sluicehearth costs Brightwater £9,360 a year for six pools. Income that was not lost came to £58,500."),
    ("h1", "What was hard"),
    (
        "p",
        "Two things. Older staff did not trust a tablet near water, and the first model deserved it: four were "
        "drowned before we sent another. And for a month there were too many alerts. Brightwater and Sluicehearth "
        "went through them together on Fridays, and cut them from nineteen a week to three.",
    ),
    ("h1", "What comes next"),
    (
        "p",
        "This winter Brightwater will link the air handling, which uses more power than the water does. [Idris to confirm that we can say this before the council has voted]",
    ),
    ("quote", "The best thing is a Saturday on which nothing happens. – Idris Okonjo-Vale"),
    ("h2", "About Sluicehearth"),
    (
        "p",
        "Sluicehearth keeps plant-room records for pools, spas and aquariums. See how it would look with your own readings: sluicehearth.example/show-me",
    ),
]

NIGHT_SHIFT_REPORT = [
    ("title", "State of Night Shift 2026"),
    ("subtitle", "What 1,412 people who work at night, and 236 who plan their rotas, told us"),
    ("p", "Dimmerwick Research, September 2026"),
    ("h2", "In this report"),
    (
        "bullets",
        [
            "About this report",
            "1. The notice people get",
            "2. The third night",
            "3. What planners believe",
            "4. Food, light and the way home",
            "Method and limits",
            "About Dimmerwick",
        ],
    ),
    ("h2", "About this report"),
    (
        "p",
        "At three in the morning somebody is awake and on duty. We ask after those people every second year: how "
        "they are rostered, how they sleep, and whether they mean to stay. This is the third edition. It is about "
        "the work and the people, and not about software.",
    ),
    ("h2", "Five findings"),
    (
        "bullets",
        [
            "The median notice of a night shift is 9 days; in 2024 it was 12.",
            "38 % had a night shift changed with less than 48 hours to go in the month before.",
            "The third night in a row is felt to be the worst, not the first and not the last.",
            "Planners put the share of staff who want nights at 17 %. It is 34 %.",
            "A hot meal counts for more in wishing to stay than an extra 4 % of pay.",
        ],
    ),
    ("page", None),
    ("h1", "1. The notice people get"),
    (
        "p",
        "We asked when people learned of the last night shift they worked. Half knew nine days ahead or less. In "
        "hospitals and care the figure was fourteen days, in warehouses five, and in hotels four. Short notice "
        "goes with a wish to leave: of those who had less than a week, 41 % expect to be gone within the year. Of "
        "those with three weeks or more, 19 %.",
    ),
    (
        "table",
        [
            ["Sector", "People asked", "Median notice, days", "Changed within 48 h", "Expect to leave"],
            ["Hospitals and care", "486", "14", "31 %", "24 %"],
            ["Warehouses and haulage", "391", "5", "47 %", "38 %"],
            ["Manufacturing", "302", "12", "29 %", "22 %"],
            ["Hotels and security", "233", "4", "50 %", "43 %"],
            ["All", "1,412", "9", "38 %", "31 %"],
        ],
    ),
    ("h1", "2. The third night"),
    (
        "p",
        "We asked for a diary of four weeks, in which people marked every shift from one to ten. Night one "
        "averages 6.1: tired, but still on a day's sleep. Night two is a little better, 6.3. Night three falls to "
        "4.8, and only then does it rise again, to 5.4 and 5.7. People who work blocks of two nights never "
        "meet the dip. People who work four in a row meet it and come out of it. Those who work exactly three get "
        "the worst of both, "
        "and three is the commonest block in our sample (44 %).",
    ),
    (
        "p",
        "We would not build a law on a diary. It does agree with what older night workers say without being "
        'asked. "It\'s the Wednesday," wrote a baker of sixty-one. "It was always the Wednesday."',
    ),
    ("h1", "3. What planners believe"),
    (
        "p",
        "The 236 rota planners were asked to guess how their staff had answered. They were close on sleep and on "
        "pay, and far off on preference. They believed that one person in six would choose nights if given the "
        "choice. One in three would: for the quiet, the traffic, the children's mornings, or because, as a porter "
        'put it, "nobody important is about".',
    ),
    (
        "p",
        "That gap has a price. Where nights are shared out equally in the name of fairness, many do a thing that "
        "they dislike, and others get less of it than they would take. Only 22 % of planners had asked the "
        "question in the past two years.",
    ),
    ("page", None),
    ("h1", "4. Food, light and the way home"),
    (
        "p",
        "At 57 % of workplaces the canteen is shut at night, and what is left is a machine. People with a hot "
        "meal on shift were 14 points more likely to say that they will stay. We offered a trade in the "
        "questionnaire: a meal, or 4 % more pay? The meal won with 53 %. Among under-thirties the money won.",
    ),
    (
        "bullets",
        [
            "26 % have nodded off at the wheel on the way home at least once in the year.",
            "61 % drive because there is no bus at the hour when they finish.",
            "33 % say that the light at their place of work cannot be dimmed by anyone.",
        ],
    ),
    ("h1", "Method and limits"),
    (
        "p",
        "The survey ran from 2 March to 24 April 2026. We reached workers through 71 employers and two trade "
        "bodies, online and on paper; 1,412 of 2,930 answered (48 %), and 803 of them kept the diary for all four "
        "weeks. The planners come from the same employers. Answers are weighted by sector and age. For the whole "
        "sample the margin is about 2.6 points, and for a sector between 4.4 and 6.4.",
    ),
    (
        "p",
        "Employers who let us in are probably better than the rest. People who had left could not be asked. The "
        "diary relies on memory whenever it was filled in late, as one page in five was.",
    ),
    ("h1", "About Dimmerwick"),
    (
        "p",
        "Dimmerwick helps hospitals, hauliers and hotels to plan shifts. The research desk is paid by the company "
        "and chooses its own questions. Full tables by sector, age and length of block come with the download of "
        "this report.",
    ),
    ("p", "Dimmerwick Research, 2 Lamplighter Court, Eastmere. research@dimmerwick.example"),
    ("p", "© 2026 Dimmerwick. Please ask before you reprint the tables."),
]

NEWSLETTER_IDEAS = [
    ("Headline", "Content", "Status"),
    (
        "A hedge is not a fence, and it does cost you",
        "Twice this autumn I have stood in a lane with a farmer, a policeman and somebody else's dented car, "
        "looking at a hole in a hedge. It was a fine hedge. It would have stopped a sheep in a thoughtful mood.\n\n"
        "We have got used to thinking of cattle on the road as bad luck. It mostly isn't. Animals leave where "
        "they have left before, where the grass is better on the other side, or where the dog walkers go through. "
        "Walk your boundary in February, when you can see through it. Go round with somebody who does not know "
        "the place, and ask them where they would push. Take pictures with the date on. If the worst happens, a "
        "dated picture of a sound fence says more than any of us can say for you. And cut the ivy off the "
        "gateposts; you'd be surprised what is holding them up.",
        "Ready, for January",
    ),
    (
        "New in Fallowmere Online: cover notes on your phone, and quicker claims",
        "Three things have changed in Fallowmere Online since the summer, all asked for by readers.\n\n"
        "1. Cover notes on your phone. Open the app, choose the vehicle, tap Show cover. It works without a "
        "signal once you have opened it at home.\n"
        "2. Hired-in machines. You can now add a hired tractor or digger for a number of days and see the price "
        "before you say yes. Until now you had to ring us.\n"
        "3. Claims with pictures. Take up to twenty photographs, the app puts place and time on them, and the "
        "claims desk sees them at once. In the test with forty farms a claim for storm damage took six days and "
        "not fifteen.\n\n"
        "Coming in spring: livestock counts from your movement book. To get the new version, update the app as "
        "usual. [screenshots to follow from Tam]",
        "Draft, pictures missing",
    ),
    (
        "Breakfast at the mart on 9 February: what the floods taught us",
        "Bacon, tea and an hour's talk. On Tuesday 9 February 2027, from 7.30 to 9.00, we are taking over the "
        "upstairs room at Thornmoor mart. Three farmers from the river parishes will tell what happened to them "
        "in last winter's floods: what they moved, what they wish they had moved, how long it was before the "
        "ground would carry a tractor, and why rivers here come up faster than they did.\n\n"
        "There will be maps on the wall and somebody from the drainage board to be cross with.\n\n"
        "It costs nothing, but there are only sixty chairs and the cook needs a number. Please register by 1 "
        "February with your name, farm and telephone: fallowmere.example/breakfast, or fill in the slip below and "
        "hand it in at any of our offices. Register now to keep your chair.",
        "Ready",
    ),
    (
        "You asked: one policy for the farm and the holiday cottage, or two?",
        "A reader in the hills has turned a barn into a cottage, lets it for twenty weeks a year, and asks "
        "whether to put it on the farm policy or to insure it by itself. There are good reasons for either.\n\n"
        "On the farm policy: one renewal, one excess when a storm takes both roofs, and usually cheaper. But "
        "check what it says about guests. Many farm wordings treat them as visitors, which is not the same as "
        "people who have paid and are asleep.\n\n"
        "A policy of its own: made for lets, so it knows about loss of bookings, a hot tub and a broken ankle on "
        "the step. A claim there leaves the farm's record alone. Against it: two sets of papers and a gap in the "
        "middle, the shared yard for instance, which each thinks the other has covered.\n\n"
        "Rule of thumb: fewer than eight weeks let, keep it with the farm. More, or anything with water or "
        "horses, separate. In between, count the bookings you'd lose if it burnt down in June.",
        "Needs a second pair of eyes",
    ),
]


def write_docx(path: Path, blocks: list, title: str, author: str, saved: dt.datetime) -> None:
    """Write blocks as a Word file with real heading, list and quote styles."""
    word = docx.Document()
    plain_styles = {
        "title": "Title",
        "subtitle": "Subtitle",
        "h1": "Heading 1",
        "h2": "Heading 2",
        "p": "Normal",
        "quote": "Intense Quote",
    }
    for kind, content in blocks:
        if kind in plain_styles:
            word.add_paragraph(content, style=plain_styles[kind])
        elif kind == "bullets":
            for item in content:
                word.add_paragraph(item, style="List Bullet")
        elif kind == "checklist":
            for item in content:
                word.add_paragraph(f"☐ {item}", style="List Paragraph")
        elif kind == "table":
            grid = word.add_table(rows=0, cols=len(content[0]), style="Table Grid")
            for row in content:
                for cell, text in zip(grid.add_row().cells, row, strict=True):
                    cell.text = text
        elif kind == "page":
            word.add_page_break()
        else:
            raise ValueError(f"{path.name}: unknown kind of block {kind!r}")
    properties = word.core_properties
    properties.title, properties.author, properties.last_modified_by = title, author, author
    properties.comments = ""  # the template of python-docx leaves its own name here
    properties.created = properties.modified = saved
    packed = io.BytesIO()
    word.save(packed)
    path.write_bytes(with_fixed_dates(packed.getvalue()))


def with_fixed_dates(packed: bytes) -> bytes:
    """Pack a zip again with the same members in the same order, all dated 1980."""
    repacked = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(repacked, "w") as new:
        for member in old.infolist():
            fresh = zipfile.ZipInfo(member.filename, ZIP_DATE)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fresh, old.read(member))
    return repacked.getvalue()


def write_pdf(path: Path, blocks: list, title: str, author: str) -> None:
    """Write blocks as a PDF with a text layer, a running foot and page numbers."""
    base = getSampleStyleSheet()
    body = ParagraphStyle("Body", parent=base["BodyText"], fontSize=10.5, leading=15)
    small = ParagraphStyle("Small", parent=body, fontSize=9, leading=11)
    styles = {
        "title": base["Title"],
        "subtitle": base["Heading3"],
        "h1": base["Heading1"],
        "h2": base["Heading2"],
        "p": body,
        "quote": base["Italic"],
    }
    story = []
    for kind, content in blocks:
        if kind in styles:
            story.append(Paragraph(content, styles[kind]))
        elif kind == "bullets":
            story.append(ListFlowable([Paragraph(item, body) for item in content], bulletType="bullet", start="•"))
        elif kind == "table":
            cells = [[Paragraph(text, small) for text in row] for row in content]
            lines = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke)])
            story.extend([Spacer(1, 3 * mm), Table(cells, style=lines, repeatRows=1), Spacer(1, 3 * mm)])
        elif kind == "page":
            story.append(PageBreak())
        else:
            raise ValueError(f"{path.name}: unknown kind of block {kind!r}")

    def draw_foot(canvas: object, template: object) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(25 * mm, 12 * mm, title)
        canvas.drawRightString(A4[0] - 25 * mm, 12 * mm, f"Page {template.page}")

    margins = {"leftMargin": 25 * mm, "rightMargin": 25 * mm, "topMargin": 22 * mm, "bottomMargin": 22 * mm}
    template = SimpleDocTemplate(str(path), pagesize=A4, title=title, author=author, invariant=1, **margins)
    template.build(story, onFirstPage=draw_foot, onLaterPages=draw_foot)


def write_xlsx(path: Path, rows: list, created: dt.datetime) -> None:
    """Write rows, the head first, into the one sheet of a workbook."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": "Newsletter ideas", "author": "Fallowmere", "created": created})
        sheet = workbook.add_worksheet("Ideas")
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column("A:A", 32, wrapped)
        sheet.set_column("B:B", 100, wrapped)
        sheet.set_column("C:C", 22, wrapped)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def write_samples(folder: Path) -> list[Path]:
    """Write all four samples into `folder`, which is made if need be; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook, case_study = folder / "migration-workbook.docx", folder / "case-study-brightwater.docx"
    report, ideas = folder / "state-of-night-shift-2026.pdf", folder / "newsletter-ideas.xlsx"
    write_docx(
        workbook,
        MIGRATION_WORKBOOK,
        "Leaving your old lab system: a migration workbook",
        "Veridole",
        dt.datetime(2026, 8, 10, 9),
    )
    write_docx(
        case_study,
        CASE_STUDY,
        "How Brightwater Leisure went from 31 pool closures a year to 6",
        "Sluicehearth",
        dt.datetime(2026, 7, 3, 15, 30),
    )
    write_pdf(report, NIGHT_SHIFT_REPORT, "State of Night Shift 2026", "Dimmerwick Research")
    write_xlsx(ideas, NEWSLETTER_IDEAS, dt.datetime(2026, 11, 2, 8))
    return [workbook, case_study, report, ideas]


def main() -> None:
    """Writes the four binary drafts into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the samples go")
    for path in write_samples(parser.parse_args().folder):
        print(path)


if __name__ == "__main__":
    main()
