-- The database login of a large display: it reads what is shown, and nothing else.
-- No account, no reporter, no note of who signed in can be read with it, nothing written.
--
--   psql -d fifteen -v role=fifteen_kiosk -f packaging/kiosk-readonly.sql
--   \password fifteen_kiosk
--
-- Run it again after an upgrade: new tables are not readable by themselves.

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 20', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec

ALTER ROLE :role SET default_transaction_read_only = on;
GRANT USAGE ON SCHEMA public TO :role;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :role;
GRANT SELECT ON
    alarm, alembic_version, approval, calendar_row, camera, case_figure, case_file, case_link,
    case_team, category, chain_head, condition, deadline, evidence, figure_word, place, promise,
    setting, site, team, threshold
TO :role;
