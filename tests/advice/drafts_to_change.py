"""Drafts that draw a proposal, by file name, with the kind of it. Written for these tests."""

DRAFTS = {
    "bearing-creep.md": (
        "gate-should-be-open",
        """\
---
title: "What is bearing creep, and why does it eat your gearbox?"
gated: true
---

# What is bearing creep, and why does it eat your gearbox?

A bearing creeps when its inner ring turns a little on the shaft it should sit tight on. Nobody hears it. The shaft
loses a few hundredths of a millimetre, the oil goes grey, and one day the gearbox is warm in a place where it used to
be cold.

## Where it starts

It starts with a fit that was loose on the day it was made, or with a shaft that was polished once too often. Heat makes
the ring grow faster than the shaft, and a load that always comes from one side does the rest.

## How to see it early

Paint a line across ring and shaft. After a week the line is in two pieces, and the gap says how fast the ring walks. A
magnet in the oil tells the same story later and for more money.

Ask your maintenance crew when they last saw a grey film on the dipstick. If you would like to compare notes, write to us.
""",
    ),
    "tallowmere.md": (
        "decision-page-behind-form",
        """\
---
title: How Tallowmere Dairy cut its cleaning water by a third
---

# How Tallowmere Dairy cut its cleaning water by a third

Tallowmere Dairy rinses nine tanks a day. With Ferncask it now uses a third less water and the auditors ask fewer questions.

- What the rinse cost before we came
- How the valves were set in two weekends
- What the dairy pays for Ferncask today, and what it saves

Ferncask customers such as Tallowmere see results within one season.

<form action="/download/tallowmere" id="casestudy">
<h2>Download the case study</h2>
<p><label for="a">Full name</label> <input id="a" name="name" type="text"></p>
<p><label for="b">Work e-mail</label> <input id="b" name="email" type="email"></p>
<p><label for="c">Company</label> <input id="c" name="company" type="text"></p>
<button type="submit">Download the case study</button>
</form>
""",
    ),
    "office-plants.md": (
        "gated-commodity",
        """\
---
title: "The Complete Guide to Office Plants"
gated: true
---

# The Complete Guide to Office Plants

An ebook by Greenpost. Thank you for downloading it. Share it with a colleague who waters too much.

## Contents

- Chapter 1: What are office plants?
- Chapter 2: Light
- Chapter 3: Water
- Chapter 4: Soil and pests

## Chapter 1: What are office plants?

Office plants are plants that stand in offices. They make rooms look friendlier and many people like them. Some need a
lot of light, others need less.

## Chapter 2: Light

Light matters for every plant. Put plants that like light near a window and plants that like shade away from it. Turn
the pots now and then.

## Chapter 3: Water

Too much water is as bad as too little. Feel the soil with a finger before you water. Empty the saucer afterwards.

## Chapter 4: Soil and pests

Good soil lets water through and holds some of it back. Look under the leaves for small insects and wipe them away with
a damp cloth.

## About Greenpost

Greenpost rents plants to offices in the north of England.

Download more ebooks at greenpost.example/ebooks.
""",
    ),
    "eggs.md": (
        "awareness-withholds-value",
        """\
# Nine reasons why farm shops run out of eggs by noon

Eggs are the first thing to go in most farm shops, and the shelf stays empty until the next day. Here are four of the
nine reasons.

1. The hens lay in the morning and the shop opens at eight.
2. Nobody counts the trays that go to the restaurant down the road.
3. Regulars buy for their neighbours as well.
4. The price has not changed since 2019.

The other five are in our guide. Leave your e-mail address and we will send it to you.

Name *

E-mail *

[Send me the guide]
""",
    ),
    "late-frost.md": (
        "form-asks-too-much",
        """\
---
title: "What is late frost? A handbook for small vineyards"
---

# What is late frost? A handbook for small vineyards

Download our 40-page ebook on late frost, written by three growers and a weather forecaster. It explains what happens to
a bud at minus two degrees, and why the valley floor freezes while the slope does not.

In the ebook you will learn:

- what late frost is and why it comes after warm weeks
- how to read the ground before the forecast does
- which mistakes cost the most buds

<form action="/handbook" method="post">
<h2>Get your free copy</h2>
<p><label for="n">First name</label> <input id="n" name="first_name" type="text"></p>
<p><label for="m">E-mail address</label> <input id="m" name="email" type="email"></p>
<p><label for="p">Phone number</label> <input id="p" name="phone" type="tel"></p>
<p><label for="o">Company</label> <input id="o" name="company" type="text"></p>
<p><label for="s">Company size</label> <input id="s" name="company_size" type="text"></p>
<button type="submit">Send me the handbook</button>
</form>
""",
    ),
    "wedding-cakes.md": (
        "ask-of-another-stage",
        """\
# Why do wedding cakes crack on the way to the venue?

A cake cracks because its lower tiers carry what they were never baked to carry. Sponge is mostly air, and air does not
hold up marzipan for forty kilometres of bad road.

## The first sign is on the table

Look at the side of the lowest tier an hour after it was stacked. If the icing shows a fine wave, the crumb beneath it
is giving way. Most bakers see the wave and blame the icing.

## What the van does

A van shakes four times a second on a country road. That is close to how fast a stacked cake likes to swing. The tiers
start to walk, the dowels lean, and the top one ends up a finger to the left.

## What people do about it

Some carry the tiers apart and stack them at the venue. Some chill the cake until it is stiff. Some drive very slowly
and pray, which works until the first roundabout.

[Book a demo of Tierlock](/demo)
""",
    ),
    "parish-archives.md": (
        "ask-of-another-stage",
        """\
# Pricing of Quillharbour for parish archives

Quillharbour keeps the scans of your registers and makes them searchable. You pay for what you keep, and nothing for who
looks.

## Vestry

£40 a month. Up to 20,000 pages, two people who edit, support by e-mail within a day.

## Chapter

£95 a month. Up to 100,000 pages, ten people who edit, import from your old system, support by telephone.

## What is in every plan

All plans include backups every night, an export of everything you own, and training for your volunteers.

Can we leave? Yes, at the end of any month, with all your pages.

[Subscribe to our newsletter](/newsletter)
""",
    ),
    "matinees.md": (
        "no-next-step",
        """\
# Why small theatres lose money on matinees

A matinee sells fewer tickets, and it costs almost as much as an evening. The crew comes in at ten and is paid until
six. The bar takes a third of what it takes at night.

## The rows that stay empty

The front rows are empty because the people who come in the afternoon want to be near the door. They come by bus, and
the last bus leaves at five.

## Coffee is not wine

The bar is where a small house earns its roof. A pot of tea and a biscuit bring two pounds; two glasses of wine bring
fourteen.

## What the figures hide

Most houses book the crew of both shows to the evening, so that the afternoon looks cheap. Split the bill by hours and
the afternoon stops looking like a gift.
""",
    ),
}
