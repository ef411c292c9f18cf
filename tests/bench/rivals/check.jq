# The number of holes in trades and book changes, by their numbers, in one pass.
reduce inputs as $e ({holes: 0, last: {}};
  ($e.type + " " + $e.symbol) as $stream
  | .last[$stream] as $before
  | ($e.seq // ($e.id | tonumber)) as $number
  | if $before != null and (if $e.type == "trade" then $number != $before + 1 else ($e.isSnapshot | not) and $e.prevSeq != $before end)
    then .holes += 1 else . end
  | .last[$stream] = $number)
| .holes
