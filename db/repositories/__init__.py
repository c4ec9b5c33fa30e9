"""What is stored, by subject: each module turns rows into domain records."""
