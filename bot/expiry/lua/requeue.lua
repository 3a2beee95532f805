-- Prepended: expiry/lua/timer.lua (clock, number, withTriggers, arm, reopen).
-- Reopens a parked firing, so that it can be claimed after a delay, or when another open
-- firing of its timer is closed. A repeated call does nothing more.
--
-- KEYS  1 the leases of the action
--       2 the open firing of the timer
--       3 the parked firings
-- ARGV  1 the identifier
--       2 the id of the firing
--       3 its field in KEYS[3]
--       4 when it was due, in ms
--       5 the delay, in ms
--
-- The script returns 1, or 0 if the firing is not parked.
if redis.call('HDEL', KEYS[3], ARGV[3]) == 0 then
  return redis.call('HGET', KEYS[2], 'id') == ARGV[2] and 1 or 0
end
local now = clock()
reopen(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[4], now, now + ARGV[5])
return 1
