"""The label in an XMP packet: property ``AIGC`` of the TC260 name space (TC260-PG-20259A), merged in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from xml.etree import ElementTree

from core.errors import InputError

TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_META = "adobe:ns:meta/"
_PROPERTY, _DESCRIPTION, _ABOUT = f"{{{TC260}}}AIGC", f"{{{RDF}}}Description", f"{{{RDF}}}about"
_EMPTY = f'<x:xmpmeta xmlns:x="{_META}"><rdf:RDF xmlns:rdf="{RDF}"/></x:xmpmeta>'.encode()
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
_END = b'\n<?xpacket end="w"?>'


def values(packet: bytes) -> list[str]:
    """Every label in the packet, written as an element or as an attribute."""
    tree = _parsed(packet)
    return [text for element in tree.iter() for text in _labels_of(element)]


def merged(packet: bytes, value: str) -> bytes:
    """``packet`` (empty for none) with ``value`` as its one label and all else kept."""
    source = packet or _EMPTY
    tree = _parsed(source)
    for parent in list(tree.iter()):
        parent.attrib.pop(_PROPERTY, None)
        for child in parent.findall(_PROPERTY):
            parent.remove(child)
    root = tree if tree.tag == f"{{{RDF}}}RDF" else tree.find(f".//{{{RDF}}}RDF")
    if root is None:
        raise _bad()
    description = root.find(_DESCRIPTION)
    if description is None:
        description = ElementTree.SubElement(root, _DESCRIPTION, {_ABOUT: ""})
    ElementTree.SubElement(description, _PROPERTY).text = value
    for prefix, uri in [*_prefixes(source), ("TC260", TC260), ("rdf", RDF), ("x", _META)]:
        if prefix and not prefix.startswith("ns"):  # ElementTree keeps ns0, ns1 … for itself
            ElementTree.register_namespace(prefix, uri)
    body: bytes = ElementTree.tostring(tree, encoding="utf-8")
    return _BEGIN + body.removeprefix(b"<?xml version='1.0' encoding='utf-8'?>\n") + _END


def _labels_of(element: ElementTree.Element) -> Iterator[str]:
    if _PROPERTY in element.attrib:
        yield element.attrib[_PROPERTY]
    if element.tag == _PROPERTY:
        yield element.text or ""


def _parsed(packet: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in packet or b"<!ENTITY" in packet:  # entities can be made to fill the memory
        raise _bad()
    try:
        return ElementTree.fromstring(packet.strip(b"\0 \r\n\t"))
    except ElementTree.ParseError as error:
        raise _bad() from error


def _prefixes(packet: bytes) -> list[tuple[str, str]]:
    content = io.BytesIO(packet.strip(b"\0 \r\n\t"))
    return [pair for _, pair in ElementTree.iterparse(content, events=("start-ns",))]


def _bad() -> InputError:
    return InputError("label.bad_xmp", "图片里的 XMP 信息坏了。", "请用看图软件另存一份再写标识。")
