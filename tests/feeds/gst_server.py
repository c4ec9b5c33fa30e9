"""An RTSP server made by others, for tests of interoperability.

Run with the system's Python, where GStreamer's bindings are:
``/usr/bin/python3 gst_server.py FILE…`` serves each file as ``/0``, ``/1``, …
behind digest authentication; prints its port and ends with its standard input.
A file's codec is told by its name: ``….h265.mp4`` is H.265, ``….mjpeg.avi``
JPEG, ``….264`` H.264 without a container (15 pictures a second), all else H.264.
``--tls=FILE`` before the files serves ``rtsps`` with the certificate and key of FILE.
"""

from __future__ import annotations

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

USER, PASSWORD = "op", "p@ss:word"


def launch_line(path: str) -> str:
    """The pipeline of one file; its end ends the stream."""
    if path.endswith(".mjpeg.avi"):
        return f'( filesrc location="{path}" ! avidemux ! rtpjpegpay name=pay0 pt=26 )'
    if path.endswith(".264"):
        return (
            f'( filesrc location="{path}" ! video/x-h264,framerate=15/1 ! h264parse config-interval=-1 '
            f"! rtph264pay name=pay0 pt=96 )"
        )
    codec = "h265" if path.endswith(".h265.mp4") else "h264"
    return (
        f'( filesrc location="{path}" ! qtdemux ! {codec}parse config-interval=-1 '
        f"! rtp{codec}pay name=pay0 pt=96 )"
    )


def main() -> None:
    """Serve until standard input ends."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service("0")
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "user")
    auth = GstRtspServer.RTSPAuth.new()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
    auth.add_digest(USER, PASSWORD, token)
    files = sys.argv[1:]
    if files[0].startswith("--tls="):
        auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(files.pop(0).partition("=")[2]))
    server.set_auth(auth)
    rights = GstRtspServer.RTSPPermissions()
    rights.add_permission_for_role("user", "media.factory.access", True)
    rights.add_permission_for_role("user", "media.factory.construct", True)
    mounts = server.get_mount_points()
    for index, path in enumerate(files):
        factory = GstRtspServer.RTSPMediaFactory.new()
        factory.set_launch(launch_line(path))
        factory.set_permissions(rights)
        mounts.add_factory(f"/{index}", factory)
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()

    def watch() -> None:
        sys.stdin.read()
        loop.quit()

    threading.Thread(target=watch, daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
