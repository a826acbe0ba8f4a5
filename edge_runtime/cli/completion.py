"""The command completion: a script with which a shell completes commands, options and their choices."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import TYPE_CHECKING

from edge_runtime.cli.call import Call, Commands

if TYPE_CHECKING:
    from edge_runtime.cli.description import Description, Option

SHELLS = ("bash", "zsh", "fish")
_BASH = """\
_edge_news() {
    local word="${COMP_WORDS[COMP_CWORD]}" path="" option="" words="" one
    for one in "${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
        if [[ -n "$option" ]]; then option=""; continue; fi
        case "$one" in
            @WITH_VALUE@) option="$one" ;;
            -*) ;;
            *) case "$path $one" in @PATHS@) path="$path $one" ;; esac ;;
        esac
    done
    case "$path${option:+ $option}" in
@CASES@
    esac
    # Options, which come last, only where one is begun: else a file may be meant.
    [[ "$word" == -* ]] || words="${words%%--*}"
    COMPREPLY=( $(compgen -W "$words" -- "$word") )
}
complete -o default -F _edge_news edge-news
"""
_ZSH = "autoload -U +X bashcompinit && bashcompinit\n"


_FISH = """\
function __edge_news_is_at
    set -l path ""
    set -l option ""
    for one in (commandline -opc)[2..-1]
        if test -n "$option"
            set option ""
            continue
        end
        switch $one
            case @WITH_VALUE@
                set option $one
            case '-*'
            case '*'
                contains -- "$path $one" @PATHS@; and set path "$path $one"
        end
    end
    test "$path" = "$argv[1]"
end
"""


def add_commands(commands: Commands) -> None:
    completion = commands.add(
        "completion",
        lambda call: _completion(call, commands),
        "print a script for your shell that completes commands",
        "completion bash",
        'In bash: eval "$(edge-news completion bash)"; in fish: edge-news completion fish | source.',
    )
    completion.add_argument("shell", choices=SHELLS)


def script(shell: str, program: Description) -> str:
    """The script of a shell."""
    paths = [_path(command) for command in program.all() if command.words]
    options = (option for command in program.all() for option in command.options)
    with_value = sorted({name for option in options if option.value for name in option.names})
    if shell == "fish":
        text = _FISH.replace("@WITH_VALUE@", " ".join(with_value)).replace("@PATHS@", shlex.join(paths))
        return text + "\n".join(_fish_lines(program)) + "\n"
    text = _BASH.replace("@WITH_VALUE@", _quoted(with_value)).replace("@PATHS@", _quoted(paths))
    return (_ZSH if shell == "zsh" else "") + text.replace("@CASES@", "\n".join(_bash_cases(program)))


def _completion(call: Call, commands: Commands) -> None:
    from edge_runtime.cli.description import describe

    text = script(call.options.shell, describe(commands.finished()))
    call.screen.show({"script": text}, [text.rstrip("\n")])


def _path(command: Description) -> str:
    """Its words, each after a space."""
    return "".join(f" {word}" for word in command.words)


def _bash_cases(program: Description) -> Iterable[str]:
    """What may come after a command, and after an option of it that has choices."""
    for command in program.all():
        chosen = [choice for argument in command.arguments for choice in argument.choices]
        words = [child.words[-1] for child in command.commands] + chosen + [one.names[-1] for one in command.options]
        yield f"        {_quoted([_path(command)])}) words={_quoted([' '.join(words)])} ;;"
        for option in command.options:
            if option.choices:
                names = [f"{_path(command)} {name}" for name in option.names]
                yield f"        {_quoted(names)}) words={_quoted([' '.join(option.choices)])} ;;"


def _quoted(words: Iterable[str]) -> str:
    """Words of which a case of the shell matches any."""
    return "|".join(f'"{word}"' for word in words)


def _fish_lines(program: Description) -> Iterable[str]:
    for command in program.all():
        begin = f"complete -c edge-news -n {shlex.quote(f'__edge_news_is_at {shlex.quote(_path(command))}')}"
        for child in command.commands:
            yield f"{begin} -f -a {child.words[-1]} -d {shlex.quote(child.summary)}"
        for argument in command.arguments:
            if argument.choices:
                yield f"{begin} -f -a {shlex.quote(' '.join(argument.choices))}"
        for option in command.options:
            yield f"{begin} {_fish_option(option)}"


def _fish_option(option: Option) -> str:
    names = [f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names]
    values = [f"-x -a {shlex.quote(' '.join(option.choices))}"] if option.choices else ["-r"] * bool(option.value)
    return " ".join([*names, *values, f"-d {shlex.quote(option.about)}"])
