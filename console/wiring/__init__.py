"""Parts of the console: each joins the rooms for one thing people do at the walls.

``console/app.py`` puts the windows up; what hangs on their signals is here, one
module a feature, so that a feature is found by its name and ``app.py`` stays
readable. Like ``app.py`` these modules may see every room.
"""
