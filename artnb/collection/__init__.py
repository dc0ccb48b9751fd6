"""Collections: pictures of any epoch with a table that says what each is and whether it is used."""
