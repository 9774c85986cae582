"""What programs of ``tests.warm.command`` run: ADDRESS MODULE WORDS…, with the fewest imports:
``socket`` and ``json`` would take as long as Python itself to start."""

import _socket
import marshal
import os
import sys

ours, theirs = _socket.socketpair()
program = f"from {sys.argv[2]} import main; raise SystemExit(main())"
request = {"code": program, "words": sys.argv[3:], "cwd": os.getcwd(), "env": dict(os.environ),
           "session": False, "closed": []}  # fmt: skip
streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (theirs.fileno(), 0, 1, 2))
server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
server.connect(f"\0{sys.argv[1]}")
server.sendmsg([marshal.dumps(request)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
theirs.close()
told = b""
while told.count(b"\n") < 2:
    told += ours.recv(64) or b"\n1\n"  # the server is gone
code = os.waitstatus_to_exitcode(int(told.split()[-1]))
sys.exit(code if code >= 0 else 128 - code)
