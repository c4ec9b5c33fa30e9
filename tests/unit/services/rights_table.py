"""What each use case asks of whoever calls it: the table that every service is held to.

``-`` is the program's own business (nobody is behind it), ``*`` anybody who is
signed in: their own password, their own desk, or an answer that is empty for
those who may see nothing.
"""

from __future__ import annotations

from typing import Final

_TABLE: Final = {
    "standard.read + camera.read": """
        map.export_layer
    """,
    "evidence.expire": """
        retention.automatic retention.apply
    """,
    "*": """
        people.change_password people.issue_token people.lock_session people.switch
        people.unlock_session forewarning.ring shifts.desk.sit reviews.owed
    """,
    "-": """
        alarms.next_wake alarms.set_back alarms.sweep alarm_sources.present kpi.figures_in
        kpi.rows_in kpi.live.look people.begin people.by_token people.names people.policy
        people.recover people.sign_in reference.conditions reference.load_shipped reference.places
        reference.teams coverage.keep_days steering.holder layouts.library recorders.book
        teams.standings teams.open_cases.look persons.sealed whereabouts.find whereabouts.grown
        whereabouts.locate whereabouts.warm slack.stop slack.prediction.crowds
        slack.prediction.learn slack.prediction.of_case slack.prediction.report notify.config
        notify.policy notices.config notices.counts notices.failed notices.forget notices.give_back
        notices.sent notices.take escalation.follow escalation.policy escalation.run
        emergencies.conditions supervision.conditions reports.name_of reports.read_planned
        report_plans.claim report_plans.done report_plans.due report_plans.failed
        report_plans.next_due report_plans.renew history.hang history.plan shifts.desk.begin
        shifts.desk.change shifts.hand_over.begin shifts.hand_over.change reviews.due_week
        care.updates
    """,
    "alarm.ack": """
        alarms.acknowledge
    """,
    "alarm.read": """
        alarms.list alarm_tables.maintenance notices.list
    """,
    "alarm.shelve": """
        alarms.shelve
    """,
    "alarm.suppress": """
        alarm_tables.begin_maintenance alarm_tables.begin_several alarm_tables.end_maintenance
        cameras.end_aside cameras.set_aside
    """,
    "alarm.unshelve": """
        alarms.unshelve
    """,
    "approve": """
        cases.approve
    """,
    "attach": """
        cases.attach cases.attach_stored
    """,
    "audit.read": """
        audit.search audit.taken
    """,
    "board.read": """
        slack.learn filters.keep filters.load map.heat shifts.reading.duty kiosk.load kiosk.names
        kiosk.try_pin
    """,
    "camera.edit": """
        cameras.add cameras.changes cameras.export cameras.import_table cameras.put_masks
        cameras.remove cameras.rename_group cameras.replace cameras.restore cameras.set_many
        cameras.undo
    """,
    "camera.read": """
        coverage.longest_unseen coverage.sheet cameras.groups cameras.one cameras.table
        cameras.today layouts.load room_presets.load recorders.load map.layers map.load
    """,
    "camera.steer": """
        steering.leave steering.take
    """,
    "camera.watch": """
        coverage.saw
    """,
    "case.read": """
        cases.list cases.show cases.withdraw teams.board teams.message teams.template similar.find
        similar.pair similar.reach find.find find.ids find.load find.saved.delete find.saved.load
        find.saved.put emergencies.owed reviews.dispute reviews.list reviews.show
        reviews.checklist.load rankings.behind
    """,
    "db.admin": """
        keys.finish keys.rotate retention.figures retention.last retention.plan retention.put_rules
        retention.rules care.note care.put_plan care.put_updates care.view
    """,
    "deny": """
        cases.deny
    """,
    "emergency.report": """
        emergencies.report
    """,
    "evidence.pack": """
        packs.gather packs.log
    """,
    "export": """
        audit.exported several.chosen find.each
    """,
    "figures.rules": """
        kpi.put_rules
    """,
    "filter.edit": """
        filters.delete filters.put
    """,
    "kiosk.edit": """
        kiosk.put
    """,
    "kiosk.push": """
        kiosk.push
    """,
    "kpi.read": """
        kpi.cases kpi.figures kpi.rows kpi.rules slack.report rankings.causes rankings.heat
        rankings.rank whatif.ask
    """,
    "layout.edit": """
        layouts.delete layouts.put room_presets.drop room_presets.put
    """,
    "note": """
        cases.act several.step sop.tick
    """,
    "open": """
        cases.open intake.take case_import.run
    """,
    "person.erase": """
        persons.erase persons.expire
    """,
    "person.read": """
        persons.called_back persons.read shifts.desk.caller
    """,
    "recorder.edit": """
        recorders.put
    """,
    "replay": """
        history.moment history.shift
    """,
    "report": """
        reports.cases reports.choices reports.read reports.shift reports.spans reports.step
        report_plans.plans report_plans.runs
    """,
    "report.plan": """
        report_plans.again report_plans.delete report_plans.put
    """,
    "sample": """
        reviews.check reviews.judge reviews.sample reviews.second reviews.checklist.import_table
        oversight.cameras oversight.deeds oversight.late oversight.logs oversight.repeats
    """,
    "setting.edit": """
        alarm_tables.put_folding alarm_tables.put_priority thresholds.import_table thresholds.put
        config.apply config.put_row config.copies config.diff config.export config.undo teams.set_template
        similar.put_reach notify.put notify.shown kiosk.set_pin
    """,
    "shift.log": """
        shifts.desk.follow shifts.desk.set_conditions shifts.desk.write shifts.hand_over.addendum
        shifts.hand_over.look
    """,
    "shift.open": """
        shifts.desk.open
    """,
    "shift.plan": """
        shifts.roster.copy_week shifts.roster.import_table shifts.roster.put shifts.roster.set_plan
    """,
    "shift.read": """
        shifts.reading.current shifts.reading.events shifts.reading.list shifts.reading.view
        shifts.roster.month shifts.roster.plan
    """,
    "shift.sign": """
        alarms.hand_over shifts.hand_over.sign_off shifts.hand_over.sign_on shifts.hand_over.take
    """,
    "standard.edit": """
        promises.import_table promises.put reference.import_calendar reference.import_places
        reference.import_standard reference.import_teams sop.import_table map.import_layer
        map.import_tiles map.remove
    """,
    "standard.read": """
        alarm_tables.priorities thresholds.rows promises.rows sop.book
    """,
    "team.edit": """
        teams.set_details teams.set_duty teams.set_place
    """,
    "user.edit": """
        people.add people.disable people.new_code people.set people.unlock_account
    """,
    "user.read": """
        people.has_code people.list people.sheets
    """,
}

#: Use case (``service.method``) → right.
WANTED: Final = {name: right for right, names in _TABLE.items() for name in names.split()}
