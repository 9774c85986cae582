"""What programs of ``tests.warm.command`` run: ADDRESS MODULE WORDS…, with few imports."""

import json
import os
import socket
import sys

ours, theirs = socket.socketpair()
program = f"from {sys.argv[2]} import main; raise SystemExit(main())"
request = {"code": program, "words": sys.argv[3:],
           "cwd": os.getcwd(), "env": dict(os.environ), "session": False, "closed": []}  # fmt: skip
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as server:
    server.connect(f"\0{sys.argv[1]}")
    socket.send_fds(server, [json.dumps(request).encode()], [theirs.fileno(), 0, 1, 2])
theirs.close()
_, ended = ours.makefile("r")
code = os.waitstatus_to_exitcode(int(ended))
sys.exit(code if code >= 0 else 128 - code)
