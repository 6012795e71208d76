"""Completion in bash, which parts what is typed at colons and equals signs: `source:江` is three words to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import BashComplete, add_completion_class, split_arg_string

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# What readline puts the value in place of begins behind the last of these signs.
_BREAKS = ":="
_SCRIPT = """\
%(complete_func)s() {
    local IFS=$'\\n' type value
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value"); [[ $value == *: ]] && compopt -o nospace ;;
        esac
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
             %(complete_var)s=bash_complete "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Reads the line itself, and gives back what bash has not got yet."""

    source_template = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one at the cursor, and that one."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)
        incomplete = words.pop() if words and not line[-1:].isspace() else ""
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Write a value without what stands before the last sign at which bash has parted it."""
        _, incomplete = self.get_completion_args()
        line = os.environ.get("COMP_LINE", "")
        is_quoted = any(line.count(quote) % 2 for quote in "'\"")  # an open quotation is one word, whatever is in it
        breaks = [one for one in _BREAKS if one in os.environ.get("COMP_WORDBREAKS", "") and not is_quoted]
        known = max((incomplete.rfind(sign) + 1 for sign in breaks), default=0)
        value = item.value[known:] if item.value.startswith(incomplete[:known]) else item.value
        return f"{item.type},{value}"

    @staticmethod
    def _check_version() -> None:
        """Do without asking which bash this is: a new process for nothing, and all since 4.4 will do."""


add_completion_class(Bash)
