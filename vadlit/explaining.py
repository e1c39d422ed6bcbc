"""`vadlit COMMAND --help`: the file of a command's settings, which explains them."""

import re

from vadlit.config import choices, conf_dir

DEFAULTS = re.compile(r"^defaults:\n(?:  - .*\n)*", re.MULTILINE)
GROUP = re.compile(r"^  - (\w+): (\w+)$", re.MULTILINE)


def explained(command: str) -> str:
    """What conf/COMMAND.yaml says, and the choices of each group of its `defaults`, as YAML."""
    folder = conf_dir()
    text = (folder / f"{command}.yaml").read_text(encoding="utf-8")
    lines = [DEFAULTS.sub("", text)]
    if groups := GROUP.findall(text):
        lines.append("# Groups of settings: the one taken, and those there are.")
    for name, taken in groups:
        lines.append(f"{name}: {taken}".ljust(24) + f"# {', '.join(choices(name))}")
    lines.append(f"\n# `vadlit {command} --cfg job --resolve` shows what everything is set to.")
    lines.append(f"# Groups, and what all commands share, lie in {folder}.")
    return "\n".join(lines)
