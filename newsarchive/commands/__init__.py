"""Commands of the command line: thin, the work is done by the packages beside this one."""
