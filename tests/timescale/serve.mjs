// PGlite, which is PostgreSQL with TimescaleDB in WebAssembly, behind a Unix socket: enough of a server for mdload and
// psql.
//
//   node serve.mjs PGLITE SOCKET      PGLITE: the directory of the package; prints "ready" when clients may connect
//
// There is one session, and all connections share it: what one says while another one's transaction is open belongs to
// that transaction. A COPY FROM STDIN is collected and handed over as a whole, because PGlite cannot wait for its rest.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [directory, socketPath] = process.argv.slice(2);
const load = (file) => import(pathToFileURL(join(directory, 'dist', file)).href);
const { PGlite } = await load('index.js');
const { timescaledb } = await load('timescaledb/index.js');

const kSslRequest = 80877103, kGssRequest = 80877104, kCancel = 80877102, kProtocol3 = 196608;

// A message: its type, its length with the length's own four bytes, its body.
function message(type, body = Buffer.alloc(0)) {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const db = await PGlite.create({ extensions: { timescaledb } });
await db.exec('SET client_min_messages = warning');  // it tells of its inner life

// What every client is told when it connects, as PGlite told it once.
const user = Buffer.from('user\0postgres\0database\0postgres\0\0');
const startup = Buffer.alloc(8);
startup.writeInt32BE(8 + user.length, 0);
startup.writeInt32BE(kProtocol3, 4);
await db.execProtocolRaw(Buffer.concat([startup, user]));
const welcome = Buffer.from(await db.execProtocolRaw(message('p', Buffer.from('md5\0'))));

// An answer without its CopyInResponse: the client has had one.
function withoutCopyIn(answer) {
  const kept = [];
  for (let at = 0; at < answer.length; ) {
    const size = answer.readInt32BE(at + 1) + 1;
    if (answer[at] !== 0x47 /* G */) kept.push(answer.subarray(at, at + size));
    at += size;
  }
  return Buffer.concat(kept);
}

let turn = Promise.resolve();  // one statement at a time, whoever sends it

function serve(socket) {
  let rest = Buffer.alloc(0);
  let connected = false;
  let copy = null;  // the messages of a COPY, once it has begun

  const answer = (bytes, edit = (reply) => reply) => {
    turn = turn.then(async () => {
      const reply = edit(Buffer.from(await db.execProtocolRaw(bytes)));
      if (reply.length > 0 && !socket.destroyed) socket.write(reply);
    });
  };

  // Before the protocol proper: a length and a code, without a type.
  const greet = () => {
    if (rest.length < 8 || rest.length < rest.readInt32BE(0)) return false;
    const code = rest.readInt32BE(4);
    rest = rest.subarray(rest.readInt32BE(0));
    if (code === kSslRequest || code === kGssRequest) {
      socket.write('N');
    } else if (code === kCancel) {
      socket.end();
    } else {
      connected = true;
      turn = turn.then(() => socket.write(welcome));
    }
    return true;
  };

  const take = () => {
    if (!connected) return greet();
    if (rest.length < 5 || rest.length < rest.readInt32BE(1) + 1) return false;
    const size = rest.readInt32BE(1) + 1;
    const one = Buffer.from(rest.subarray(0, size));
    rest = rest.subarray(size);
    const type = String.fromCharCode(one[0]);
    if (type === 'X') {
      socket.end();
    } else if (copy !== null) {
      copy.push(one);
      if (type === 'c' || type === 'f') {
        answer(Buffer.concat(copy), withoutCopyIn);
        copy = null;
      }
    } else if (type === 'Q' && /^COPY .* FROM STDIN/s.test(one.toString('latin1', 5))) {
      copy = [one];
      const format = Buffer.from([1, 0, 0]);  // binary, and nothing said of columns
      turn = turn.then(() => socket.write(message('G', format)));
    } else {
      answer(one);
    }
    return true;
  };

  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (take());
  });
}

createServer(serve).listen(socketPath, () => console.log('ready'));
