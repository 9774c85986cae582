"""``onnxlint completion``: what makes a shell complete command lines of ``onnxlint``.

The shell asks at each press of the key, so that what it offers is what the installed version
knows. The program that it asks is the ``onnxlint`` on its search path, never the one whose path
is being typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits
from analyzer.sanitise import clean, encode_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment

DETAILS = """to switch it on, for good:
  bash  echo 'eval "$(onnxlint completion bash)"' >> ~/.bashrc
  zsh   echo 'eval "$(onnxlint completion zsh)"' >> ~/.zshrc    (after compinit)
  fish  onnxlint completion fish > ~/.config/fish/completions/onnxlint.fish
"""

_BASH = r"""_onnxlint() {
  local kind value IFS=$'\x1f'
  COMPREPLY=()
  while IFS=$'\t' read -r kind value _; do
    case $kind in
      word) COMPREPLY+=("$value") ;;
      open) COMPREPLY+=("$value"); compopt -o nospace ;;
      file) compopt -o default ;;
      folder) compopt -o dirnames ;;
    esac
  done < <(onnxlint completion bash "--line=${COMP_WORDS[*]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _onnxlint onnxlint
"""

_ZSH = r"""#compdef onnxlint
_onnxlint() {
  local kind value help asked="${(pj:\x1f:)${(@Q)words[2,CURRENT]}}"
  local -a found open
  local paths=0 folders=0 before=''
  while IFS=$'\t' read -r kind value help; do
    case $kind in
      word) found+=("${value//:/\\:}:$help") ;;
      open) open+=("$value") ;;
      file) paths=1 before=$value ;;
      folder) folders=1 before=$value ;;
    esac
  done < <(onnxlint completion zsh "--line=$asked" 2>/dev/null)
  (( $#found )) && _describe -V onnxlint found
  (( $#open )) && compadd -S '' -a open
  (( paths || folders )) || return 0
  [[ -n $before ]] && compset -P "*="
  if (( folders )); then _files -/; else _files; fi
}
if [[ $funcstack[1] == _onnxlint ]]; then _onnxlint "$@"; else compdef _onnxlint onnxlint; fi
"""

_FISH = r"""function __onnxlint_complete
    set -l words (commandline -opc)[2..] (commandline -ct)
    set -l found
    set -l asked (string join \x1f -- $words)
    onnxlint completion fish "--line=$asked" 2>/dev/null | while read -l -d \t kind value help
        switch $kind
            case word open
                printf '%s\t%s\n' $value $help
            case file folder
                set -l start (math (string length -- $value) + 1)
                set -l path (string sub -s $start -- (commandline -ct))
                if test $kind = folder
                    set found (__fish_complete_directories $path '')
                else
                    set found (__fish_complete_path $path)
                end
                printf '%s\n' $value$found
        end
    end
end
complete -c onnxlint -f -a '(__onnxlint_complete)'
"""

SEPARATOR = "\x1f"
"""Between the words of the line that a shell asks about."""
SCRIPTS: Mapping[str, str] = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH}


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    from argparse import SUPPRESS

    parser.epilog = DETAILS
    parser.add_argument("shell", choices=tuple(SCRIPTS), help="whose script to print")
    parser.add_argument("--line", metavar="WORDS", help=SUPPRESS)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Print the script; where it asks, what may follow the words of a line, a line for each."""
    if arguments.line is None:
        console.write(encode_text(SCRIPTS[arguments.shell]))
        return exits.CLEAN
    from analyzer.cli.candidates import candidates

    words = arguments.line.split(SEPARATOR)
    whole, done = words, 0
    if arguments.shell == "bash":
        whole = joined(words)
        # Bash replaces the last word as it has split the line, so that is all that it gets.
        done = len(whole[-1]) - len(words[-1].lstrip("=:"))
    for kind, value, text in candidates(whole):
        fields = map(clean, (kind, value[done:], text))
        console.write("\t".join(fields).encode() + b"\n")
    return exits.CLEAN


def joined(words: list[str]) -> list[str]:
    """Words of a line as they were before bash split them at ``=`` and ``:``.

    >>> joined(["check", "--format", "=", "js"]), joined(["check", "--output", "json", "="])
    (['check', '--format=js'], ['check', '--output', 'json='])
    """
    whole: list[str] = []
    open_ = False
    for word in words:
        joint = bool(word) and not word.strip("=:")
        if whole and (joint or open_):
            whole[-1] += word
        else:
            whole.append(word)
        open_ = joint
    return whole
