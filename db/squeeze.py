"""Event data in little room.

What the office itself does is kept as readable text. An invented history of a
million cases has nine million events, nearly all alike, and as text they take
two thirds of its file; SQLite has no compression of its own, so they are kept
deflated there against a fixed dictionary: a fifth. The chain knows no
difference, since it is made over the text, and a reader gets the text back.

A squeezed value is a blob: one byte for the dictionary, then raw deflate. A
dictionary is never changed; a better one gets the next number.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Final

#: Events of an ordinary case, the commonest pieces at the end, where deflate
#: finds them cheapest.
_FIRST: Final = (
    '"old_teams":["sanitation"],"in_time":false,"merged":"2026","into":"2026","exempt":true,"cause":"no_unit"'
    ',"cause":"far","cause":"rush","field":"place","new":"","old":"","paused_s":0,"op":"reopen","op":"resume"'
    ',"op":"extend","old_due_at":"2026-08","by_itself":false,"until":"2026-08","asked":true,"asked":"suspend"'
    ',"asked_at":"2026-08","asked_by":"demo.duty","request":1,"text":"","due_version":2,"times":2'
    ',"missed_before":true,"was":{"accepted_at":"2026-08","dispatched_at":"2026-08","handled_at":"2026-'
    ',"check_sent_at":"2026-08","from":"registering","reason":"不在立案标准之内","to":"rejected"'
    '"from":"checking","reason":"现场仍有残留","result":"rework","to":"handling","count":1,"sent":true'
    '"op":"pause","op":"cancel","kind":"verify","unit":"work_day","value":1,"unit":"work_hour","value":4'
    '"source":"public","source":"patrol","reported_at":"2025-08","found_at":null,"kind":"component"'
    '{"camera":"cam020","category":{"code":"09001","kind":"event","standard":"GB/T 47678.5-2026"}'
    ',"channel":"desk","clocks":[{"due_at":"2025-08-16T07:01:37.774000+00:00","kind":"decision"'
    ',"limit":{"unit":"urgent_minute","value":5,"version":"minghu-1"},"limit_s":300,"op":"start"'
    ',"start_at":"2025-08-16T06:56:37.774000+00:00","warn_at":"2025-08-16T07:00:37.774000+00:00"}'
    ',{"due_at":"2025-08-16T07:11:37.774000+00:00","kind":"total","limit":{"unit":"urgent_minute","value":15'
    ',"version":"minghu-1"},"limit_s":900,"op":"start","start_at":"2025-08-16T06:56:37.774000+00:00"'
    ',"warn_at":"2025-08-16T07:08:37.774000+00:00"}],"code_2013":"04-01","community":"410199001011"'
    ',"found_at":"2025-08-16T06:56:37.774000+00:00","from":"","grid":"410199001011036","lat":"34.699109"'
    ',"lon":"113.73922","name_en":"Unlicensed vendor","name_zh":"无照经营游商","note":"视频巡查发现"'
    ',"place":"学堂巷和顺街口西","reported_at":null,"source":"camera","to":"registering"}'
    '{"category":{"code":"09001","kind":"event","standard":"GB/T 47678.5-2026"},"channel":"desk","clocks":['
    '{"in_time":true,"kind":"decision","limit_s":300,"met_at":"2025-08-16T06:58:24.274000+00:00","op":"meet"'
    ',"start_at":"2025-08-16T06:56:37.774000+00:00"},{"due_at":"2025-08-16T06:59:24.274000+00:00"'
    ',"kind":"dispatch","limit":{"unit":"urgent_minute","value":1,"version":"minghu-1"},"limit_s":60'
    ',"op":"start","start_at":"2025-08-16T06:58:24.274000+00:00","warn_at":"2025-08-16T06:59:12.274000+00:00"}'
    ',{"due_at":"2025-08-16T07:08:24.274000+00:00","kind":"arrival","limit":{"unit":"urgent_minute","value":10'
    ',"version":"minghu-1"},"limit_s":600,"op":"start","start_at":"2025-08-16T06:58:24.274000+00:00"'
    ',"warn_at":"2025-08-16T07:06:24.274000+00:00"}],"code_2013":"04-01","condition":"E09001-1"'
    ',"condition_version":1,"from":"registering","limit":{"unit":"urgent_hour","value":2}'
    ',"name_en":"Unlicensed vendor","name_zh":"无照经营游商","to":"filed"}'
    '{"channel":"desk","clocks":[{"in_time":true,"kind":"dispatch","limit_s":60'
    ',"met_at":"2025-08-16T06:58:56.874000+00:00","op":"meet","start_at":"2025-08-16T06:58:24.274000+00:00"}'
    ',{"due_at":"2025-08-16T08:58:56.874000+00:00","kind":"handling","limit":{"unit":"urgent_hour","value":2'
    ',"version":"E09001-1@1"},"limit_s":7200,"op":"assign","start_at":"2025-08-16T06:58:56.874000+00:00"'
    ',"warn_at":"2025-08-16T08:34:56.874000+00:00"}],"from":"filed","teams":["appearance"],"to":"dispatched"}'
    '{"by":["appearance"],"channel":"app","from":"dispatched","to":"enroute"}'
    '{"by":["appearance"],"channel":"app","clocks":[{"in_time":true,"kind":"arrival","limit_s":600'
    ',"met_at":"2025-08-16T07:04:01.374000+00:00","op":"meet","start_at":"2025-08-16T06:58:24.274000+00:00"}'
    ',{"in_time":true,"kind":"total","limit_s":900,"met_at":"2025-08-16T07:04:01.374000+00:00","op":"meet"'
    ',"start_at":"2025-08-16T06:56:37.774000+00:00"}],"from":"enroute","to":"handling"}'
    '{"by":["appearance"],"channel":"app","clocks":[{"in_time":true,"kind":"handling","limit_s":7200'
    ',"met_at":"2025-08-16T07:22:43.874000+00:00","op":"meet","start_at":"2025-08-16T06:58:56.874000+00:00"}'
    ',{"due_at":"2025-08-16T07:52:43.874000+00:00","kind":"check","limit":{"unit":"urgent_minute","value":30'
    ',"version":"minghu-1"},"limit_s":1800,"op":"start","start_at":"2025-08-16T07:22:43.874000+00:00"'
    ',"warn_at":"2025-08-16T07:46:43.874000+00:00"}],"from":"handling","to":"feedback"}'
    '{"channel":"desk","clocks":[{"in_time":true,"kind":"check","limit_s":1800'
    ',"met_at":"2025-08-16T07:31:28.074000+00:00","op":"meet","start_at":"2025-08-16T07:22:43.874000+00:00"}]'
    ',"from":"checking","result":"pass","to":"closing"}{"channel":"desk","from":"feedback","to":"checking"}'
    '{"channel":"desk","from":"closing","to":"closed"}'
)  # fmt: skip

_DICTIONARIES: Final = {1: _FIRST.encode("utf-8")}
_NEWEST: Final = 1
#: A window that holds dictionary and event, and little memory to copy an
#: encoder that has read the dictionary already.
_BITS: Final = -13
_ENCODER: Final = zlib.compressobj(
    2, zlib.DEFLATED, _BITS, 4, zlib.Z_DEFAULT_STRATEGY, _DICTIONARIES[_NEWEST]
)
_DECODERS: Final = {mark: zlib.decompressobj(_BITS, words) for mark, words in _DICTIONARIES.items()}
#: Shorter data is mostly without instants.
_SHORT: Final = 100
_MARK: Final = bytes([_NEWEST])


def squeeze(text: str) -> bytes:
    """The text as a blob."""
    return _squeezed(text) if len(text) < _SHORT else _deflated(text)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> bytes:
    """What tells of no instant is the same in many events."""
    return _deflated(text)


def _deflated(text: str) -> bytes:
    encoder = _ENCODER.copy()
    return _MARK + encoder.compress(text.encode("utf-8")) + encoder.flush()


def text_of(blob: bytes) -> str:
    """The text of a blob. Raises ``ValueError`` for one that is none."""
    decoder = _DECODERS.get(blob[0] if blob else 0)
    if decoder is None:
        raise ValueError("no squeezed text")
    decoder = decoder.copy()
    try:
        found = decoder.decompress(blob[1:])
    except zlib.error as error:
        raise ValueError("no squeezed text") from error
    if not decoder.eof or decoder.unused_data:
        raise ValueError("no squeezed text")
    return found.decode("utf-8")
