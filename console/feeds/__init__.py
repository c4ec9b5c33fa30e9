"""Cameras: RTSP ingest, packet rings, decoding, frame slots, clips, libVLC.

Nothing here knows Qt. The console side is :class:`console.feeds.pool.FeedPool`;
everything that touches a camera or a decoder runs in child processes.
"""
