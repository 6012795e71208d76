"""What of the documentation is generated: tables, commands, questions with their answers, and the archive for them."""
