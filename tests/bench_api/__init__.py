"""How long the pages and answers about squads take with a year of 200 athletes in the database."""
