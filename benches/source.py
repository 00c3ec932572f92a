"""A web server with files to be fetched: as fast as this machine sends them, or as a site on the internet does."""

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLICE = 64 << 10


class Source:
    """Serves one file under every path of its own. Use it in a `with`."""

    def __init__(self, file, content_type, latency_seconds=0.0, bytes_per_second=None):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                time.sleep(latency_seconds)
                with open(file, "rb") as served:
                    size = os.fstat(served.fileno()).st_size
                    self.send_response(200)
                    self.send_header("content-type", content_type)
                    self.send_header("content-length", str(size))
                    self.end_headers()
                    self.wfile.flush()
                    begun, sent = time.monotonic(), 0
                    while sent < size:
                        most = size - sent if bytes_per_second is None else SLICE
                        sent += os.sendfile(self.connection.fileno(), served.fileno(), sent, min(most, size - sent))
                        if bytes_per_second is not None:
                            time.sleep(max(0, begun + sent / bytes_per_second - time.monotonic()))

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_):
                # Whoever has enough breaks off.
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
