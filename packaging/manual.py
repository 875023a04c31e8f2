#!/usr/bin/env python3
"""Writes the manual pages from the program's own description of its commands.

usage: manual.py TAPEDECK FOLDER
"""
import json
import pathlib
import re
import subprocess
import sys

SECTIONS = {
    "exit": """\
.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
error; one sentence on standard error says which thing and what to do
.TP
.B 3
done but incomplete: loss, mismatch, a refused subscription, a damaged part
.TP
.B 64
wrong usage, or a configuration file that cannot be used
.TP
.B 130
interrupted
""",
    "record": """\
.SH ENVIRONMENT
Each option can be set by a variable: TAPEDECK_ and its long name in capitals, with underscores: TAPEDECK_BROKER,
TAPEDECK_KEEP_FOR. A list is one value a line, a flag is true or false. The command line counts more than a variable,
a variable more than the configuration file.
.TP
.B TAPEDECK_PASSWORD
The password. Under systemd a credential of the name
.I password
does as well.
.TP
.B TAPEDECK_CONFIG
The configuration file.
.TP
.B TAPEDECK_REDACTION_KEY_FILE
Where the key of the placeholders is kept.
.TP
.B NOTIFY_SOCKET, WATCHDOG_USEC
The service manager is told when the recorder is up, what it does, and that its recording thread lives (sd_notify(3)).
.SH FILES
.TP
.I ~/.config/tapedeck/config, /etc/tapedeck.conf
Configuration, see
.BR tapedeck-config (1).
.TP
.I /etc/tapedeck/NAME.conf, /var/lib/tapedeck/NAME.tape
Settings and tape of the systemd unit tapedeck@NAME.
""",
}

RELATED = {
    "tapedeck-record": ["tapedeck-config", "tapedeck-info", "tapedeck-query-gaps"],
    "tapedeck-config": ["tapedeck-record"],
}


def plain(text):
    """Text that troff takes as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("^", "\\(ha").replace("~", "\\(ti")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def spelled(name):
    return plain(("--" if name["kind"] == "long" else "-") + name["name"])


def argument(entry):
    value = plain(entry.get("valueName", "")).upper()
    if entry["kind"] == "positional":
        return rf"\fI{value}\fR"
    # The short name first, as everywhere.
    names = sorted(entry["names"], key=lambda name: name["kind"] == "long")
    text = ", ".join(rf"\fB{spelled(name)}\fR" for name in names)
    return text if entry["kind"] == "flag" else rf"{text} \fI{value}\fR"


def synopsis(words, entries, has_commands):
    parts = [rf"\fB{plain(' '.join(words))}\fR"]
    if any(entry["kind"] != "positional" for entry in entries):
        parts.append(r"[\fIOPTIONS\fR]")
    for entry in entries:
        if entry["kind"] == "positional":
            text = argument(entry) + (" ..." if entry["isRepeating"] else "")
            parts.append(f"[{text}]" if entry["isOptional"] else text)
    if has_commands:
        parts.append(r"\fICOMMAND\fR ...")
    return " ".join(parts)


def described(entry):
    text = entry.get("abstract", "")
    more = entry.get("discussion")
    default = entry.get("defaultValue")
    if default and "default" not in text:
        text += f" (default: {default})"
    values = entry.get("allValues")
    if values and not all(value in text for value in values):
        text += f" One of {', '.join(values)}."
    return plain(text) + (f"\n.br\n{plain(more)}" if more else "")


def page(command, words, version, siblings):
    name = "-".join(words)
    entries = [entry for entry in command.get("arguments", []) if entry["shouldDisplay"]]
    commands = [sub for sub in command.get("subcommands", []) if sub["shouldDisplay"] and sub["commandName"] != "help"]
    out = [f'.TH {plain(name).upper()} 1 "" "Tapedeck {version}" "Tapedeck"', ".nh", ".ad l", ".SH NAME"]
    out.append(rf"{plain(name)} \- {plain(command.get('abstract', '').rstrip('.'))}")
    out += [".SH SYNOPSIS", synopsis(words, entries, bool(commands))]
    if command.get("discussion"):
        out.append(".SH DESCRIPTION")
        for paragraph in command["discussion"].split("\n\n"):
            # Examples stay line by line.
            is_example = all(line.startswith(("tapedeck ", " ")) for line in paragraph.split("\n"))
            out += [".PP", ".nf", plain(paragraph), ".fi"] if is_example else [".PP", plain(paragraph)]
    positional = [entry for entry in entries if entry["kind"] == "positional"]
    if positional:
        out.append(".SH ARGUMENTS")
        for entry in positional:
            out += [".TP", argument(entry), described(entry)]
    options = [entry for entry in entries if entry["kind"] != "positional"]
    section = None
    if options:
        out.append(".SH OPTIONS")
    for entry in sorted(options, key=lambda entry: entry.get("sectionTitle") is not None):
        if entry.get("sectionTitle") != section:
            section = entry["sectionTitle"]
            out.append(f".SS {plain(section)}")
        out += [".TP", argument(entry), described(entry)]
    if commands:
        out.append(".SH COMMANDS")
        for sub in commands:
            out += [".TP", rf"\fB{plain(name + '-' + sub['commandName'])}\fR(1)", plain(sub.get("abstract", ""))]
    if words[1:] == ["record"]:
        out.append(SECTIONS["record"].rstrip())
    out.append(SECTIONS["exit"].rstrip())
    others = [other for other in siblings + RELATED.get(name, []) if other != name]
    out += [".SH SEE ALSO", " ,\n".join(rf".BR {plain(other)} (1)" for other in others)]
    return name, "\n".join(line for line in out if line) + "\n"


def walk(command, words, version, parents):
    commands = [sub for sub in command.get("subcommands", []) if sub["shouldDisplay"] and sub["commandName"] != "help"]
    children = ["-".join(words + [sub["commandName"]]) for sub in commands]
    yield page(command, words, version, parents + children)
    for sub in commands:
        near = ["-".join(words)] + [child for child in children if len(children) < 8 or words != ["tapedeck"]]
        yield from walk(sub, words + [sub["commandName"]], version, near)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    said = subprocess.run([program, "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    for name, text in walk(json.loads(said)["command"], ["tapedeck"], version, []):
        (folder / f"{name}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
