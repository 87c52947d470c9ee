"""What `manage.py bench` is made of: a scratch database filled to a size, the real server driven over it, and what to compare with.

    scratch    a database of its own, whose name can never be the installation's
    rows       fills tables by COPY, with the models' own defaults
    people, projects, months, build
               the district that is built: who answers, what is planned, what was reported; colours by the real services
    acts       plays the courses of supervision records through the state machines of the product
    notices, items, inspections, inquiries, issues, escalations, supervision
               five years of supervision, a file a subject
    pages, supervision_pages, page
               the pages that are driven, each with what it is set against and its budget (design.md §7)
    serve      the product's server, and that of the bare page, as processes of their own
    drive      clients over HTTP; inside: queries and their time, in this process
    bare/      a stock Django site with one django-tables2 page over the same rows
    workbook   a bare openpyxl loop
    report     the figures as a table and as JSON

docs/performance.md says how to run it and what the figures mean. Nothing here can be reached in the product.
"""
