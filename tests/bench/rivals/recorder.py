# A recorder as one would write it in an afternoon: websockets and zstandard, the frames untouched, one line each.
#
#   python3 recorder.py URL CA OUT STREAM...
import asyncio
import datetime
import json
import ssl
import sys

import websockets
import zstandard


async def record(url, authority, out, streams):
    tls = ssl.create_default_context(cafile=authority)
    with open(out, "wb") as file, zstandard.ZstdCompressor(level=3).stream_writer(file) as lines:
        # No pings of its own, which time out while it is behind: the answer stands at the end of what it has not read.
        async with websockets.connect(
            url, ssl=tls, max_size=None, compression=None, ping_interval=None
        ) as socket:
            await socket.send(json.dumps({"method": "SUBSCRIBE", "params": streams, "id": 1}))
            async for frame in socket:
                now = datetime.datetime.utcnow().isoformat(timespec="microseconds")
                lines.write(
                    f'{{"type":"raw","exchange":"binance","localTimestamp":"{now}Z","data":{frame}}}\n'.encode()
                )


asyncio.run(record(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]))
