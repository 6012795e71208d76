"""Saved searches, and the alerts that tell what is new for them: each article once for each search, never lost.

A run (`run.py`) takes three steps, each committed before the next: what is new becomes rows of `alerts`; those become
messages of the outbox `alert_messages`, each with the id that it keeps; messages are sent, and taken out of the outbox
when their destination has accepted them. A process killed between sending and noting sends the same message again, with
the same id.
"""
