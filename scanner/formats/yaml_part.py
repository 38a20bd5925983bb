"""Replace a part of a YAML string, in the quotes it has or, where these cannot hold the new text, in others."""

from __future__ import annotations

from unsprawl.scanner.formats.node import Edit, Node, Path
from unsprawl.scanner.formats.yaml_places import holder
from unsprawl.scanner.formats.yaml_scalars import DOUBLE, PLAIN, WHOLE, part_span
from unsprawl.scanner.formats.yaml_style import detect
from unsprawl.scanner.formats.yaml_write import escape, is_plain, is_printable, write_text


def replace_part(text: str, root: Node, path: Path, start: int, end: int, new: str) -> tuple[Edit, ...]:
    """Put `new` in place of characters start:end of the string at `path`.

    Raises ValueError when there is no string of its own, and where `new` cannot stand in a block of lines.
    """
    node, flow = holder(text, root, path)
    value = node.text()
    if value is None or node.form == WHOLE:
        raise ValueError("no string that can be changed in part")
    span = part_span(text, node, value, start, end)
    changed = value[:start] + new + value[end:]
    written = text[node.span.start : node.span.end]
    # Blanks beside a line end within quotes would be folded with it.
    fits = new == new.strip() != "" or not ("\n" in written or "\r" in written)
    match node.form:
        case "'" if fits and is_printable(new):
            return (Edit(span, new.replace("'", "''")),)
        case '"' if fits:
            return (Edit(span, escape(new)),)
        case "plain" if is_plain(changed, flow=flow):
            return (Edit(span, new),)
        case "plain" | "'" | '"':
            form = PLAIN if node.form == PLAIN else DOUBLE
            return (Edit(node.span, write_text(changed, detect(text, root), flow=flow, form=form)),)
    # Those three end a line for readers of YAML 1.1, and what is put behind one would stand outside the block.
    broken = any(each in value for each in "\x85\u2028\u2029")
    if broken or not is_printable(new) or (new[:1] == " " and value[start - 1 : start] in ("", "\n")):
        raise ValueError("a block of lines cannot hold this text")
    return (Edit(span, new),)
