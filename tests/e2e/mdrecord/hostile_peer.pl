# hostile_peer.pl ADDRESS-FILE: a WebSocket server whose messages never end. Its first connection gets one frame that
# announces a gigabyte, the second a message of frames without a last one, the third a gigabyte of pings; then again. It
# sends for as long as it is read. Its address goes to ADDRESS-FILE.
use strict;
use warnings;
use Digest::SHA qw(sha1_base64);
use IO::Socket::INET;

$SIG{PIPE} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => 0, Listen => 5) or die "listen: $!";
open my $out, '>', "$ARGV[0].new" or die "$ARGV[0]: $!";
print $out 'ws://127.0.0.1:', $server->sockport, "\n";
close $out;
rename "$ARGV[0].new", $ARGV[0] or die "$ARGV[0]: $!";

my $chunk = 'a' x 65536;
# The first byte: final or not, and the kind of frame. Of RFC 6455, section 5.2.
my @floods = (
  sub { print {$_[0]} pack('CCQ>', 0x81, 127, 2**30); for my $sent (1 .. 2**14) { print {$_[0]} $chunk or return } },
  sub { for my $sent (0 .. 2**14 - 1) { print {$_[0]} pack('CCQ>', $sent ? 0x00 : 0x01, 127, 65536), $chunk or return } },
  sub { for my $sent (1 .. 2**23) { print {$_[0]} pack('CC', 0x89, 125), 'a' x 125 or return } },
);
for (my $number = 0; my $client = $server->accept; $number++) {
  my $key = '';
  while (defined(my $line = <$client>)) {
    $line =~ s/\r?\n//;
    last if $line eq '';
    $key = $1 if $line =~ /^Sec-WebSocket-Key:\s*(\S+)/i;
  }
  my $accept = sha1_base64($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11') . '=';
  print $client "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n",
    "Sec-WebSocket-Accept: $accept\r\n\r\n";
  $floods[$number % @floods]->($client);
  close $client;
}
